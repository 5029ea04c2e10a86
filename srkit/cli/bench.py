"""`srkit bench`: how fast, how large, how exact on this machine."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import typer


def command(
    *,
    preset: Annotated[
        str, typer.Option(help="Trained network: a name, or its folder.")
    ] = "edsr_x4",
    part: Annotated[
        list[str] | None,
        typer.Option(
            help="files, network, memory, precision, training, gan, video; repeatable."
        ),
    ] = None,
    side: Annotated[
        int | None, typer.Option(min=8, help="Side of the picture in, in pixels.")
    ] = None,
    repeats: Annotated[
        int | None, typer.Option(min=1, help="Measured runs; the median counts.")
    ] = None,
    test_set: Annotated[
        str | None, typer.Option("--set", help="For bfloat16 against float32.")
    ] = None,
    clip: Annotated[
        str | None, typer.Option(help="Film for video; a small one if not given.")
    ] = None,
    clip_seconds: Annotated[
        float | None, typer.Option("--seconds", min=0.1, help="Of it to take.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Small sizes: no figures to quote.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, for a README.")
    ] = False,
) -> None:
    """Measure throughput from file to file, memory, precision, training, a GAN, films.

    Where PyTorch is installed, the same networks with the same weights run in it too,
    in turns. Every figure stands beside the machine and versions it holds for.
    """
    from rich.console import Console

    from srkit.bench import PARTS, QUICK, Settings, run_bench

    wanted: dict[str, Any] = {
        "preset": preset,
        "side": side,
        "repeats": repeats,
        "test_set": test_set,
        "clip": clip,
        "clip_seconds": clip_seconds,
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    settings = replace(QUICK if quick else Settings(), **given)
    with Console(stderr=True).status("starting") as shown:
        report = run_bench(
            settings,
            parts=tuple(part or PARTS),
            on_part=lambda name: shown.update(name),
        )
    if as_json:
        typer.echo(report.to_json())
    elif as_markdown:
        typer.echo(report.to_markdown())
    else:
        Console().print(report.to_table())
