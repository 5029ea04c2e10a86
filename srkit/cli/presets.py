"""`srkit presets`: the trained networks in the box."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

import typer


def command(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of presets of yours.")
    ] = None,
) -> None:
    """List the presets in the box, or in a folder: network, scale, what for.

    GAN marks those trained adversarially: the detail of their results is invented.

    A damaged one has its reason there, and the exit code is 1.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from srkit.errors import PresetNotFoundError
    from srkit.models.presets import box

    found = inspect(folder)
    if not found:
        raise PresetNotFoundError(
            f"No presets in {folder or box()}: one is a folder with config.json, "
            "model.weights.h5 and README.md (model.save_preset writes it)"
        )
    table = Table("Preset", "Network", "Scale", "Weights", "For", box=None)
    for each in found:
        # As text: rich would take brackets for its own.
        told = Text(each.problem or each.purpose, "red" if each.problem else "")
        table.add_row(each.name, each.network, each.scale, each.size, told)
    Console().print(table)
    if any(each.problem for each in found):
        raise typer.Exit(1)


class Found(NamedTuple):
    """What the folder of a preset holds, or what is wrong with it."""

    name: str
    network: str = ""
    scale: str = ""
    size: str = ""
    purpose: str = ""
    problem: str = ""


def inspect(folder: Path | None = None) -> list[Found]:
    """Looks at each preset in the box, or in another folder; some may be damaged."""
    from srkit.errors import PresetError
    from srkit.models.presets import CONFIG, box, find

    found = []
    for path in sorted((folder or box()).glob(f"*/{CONFIG}")):
        name = path.parent.name
        try:
            preset = find(path.parent.resolve())
            size = f"{preset.check_weights().stat().st_size / 1e6:.1f} MB"
        except PresetError as error:
            found.append(Found(name, problem=str(error)))
            continue
        scale = f"x{preset.config.get('scale', '?')}"
        network = preset.class_name + (" (GAN)" if preset.adversarial else "")
        found.append(Found(name, network, scale, size, preset.description))
    return found
