"""Measuring a network on sets: LR made, enlarged, compared, bicubic beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from srkit.data import EvaluationSet, load
from srkit.engine import Engine, enlarge
from srkit.errors import ArgumentError, DataError, ImageError
from srkit.image import resize
from srkit.metrics import Protocol, psnr, ssim
from srkit.models import SuperResolver

from .measures import Result, check_names, measure
from .table import ORIGINAL, ImageScore, Row, Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from srkit.data.degradations import Degradation
    from srkit.data.sets import EvaluationPair
    from srkit.types import ByteImage

BASELINE = "bicubic"
_Method = tuple[str, str]  # its name and its precision
_ORIGINAL: _Method = (ORIGINAL, "uint8")


def evaluate(
    model: SuperResolver | str | Path,
    sets: str | Path | Sequence[str | Path],
    *,
    channel: str = "y",
    shave: int | None = None,
    kernel: str = "bicubic",
    precision: str = "auto",
    ensemble: bool = False,
    explain: bool = False,
    degradation: Degradation | str | Path | None = None,
    seed: int = 0,
    metrics: Sequence[str] = (),
) -> Table:
    """Measures a network's PSNR and SSIM on sets of pictures, beside bicubic's.

    Each picture is cut to a multiple of the scale, made smaller by `kernel` and
    enlarged again; what comes out is compared as the uint8 picture a file would hold.
    A one-channel file runs through a network of three channels as gray and is scored
    as gray.

    Args:
        model: The network, or a preset's name or folder.
        sets: Names of sets ("set5") or folders of pictures; one or several.
        channel: "y" as in papers, "y_full" or "rgb"; see `srkit.metrics.CHANNELS`.
        shave: Pixels left out at each border; None for the scale, as in papers.
        kernel: How LR is made from HR, one of `srkit.image.KERNELS`.
        precision: "auto", "float32" or "bfloat16"; the table says which it was.
        ensemble: Mean over the eight flips and turns.
        explain: Add the rows that other protocols would give.
        degradation: What else is done to LR, "cctv" for instance; see
            `srkit.data.degradations`. The protocol names it.
        seed: Of the degradations, never those of training.
        metrics: More columns: "niqe", "lr_psnr", "color_bias" (levels of red, green and
            blue, signed), "checkerboard". "psnr" and "ssim" are always there. With
            "niqe" or "checkerboard", which need no original, it has a row too.

    Returns:
        A table with a row for bicubic interpolation and one for the network a set.

    Raises:
        PresetError: If `model` names no sound preset.
        DataError: If a set is absent, or holds an unreadable or too small picture.
        ImageError: If the network has one channel and a picture three.
        ArgumentError: If `sets` is empty, or an option is out of range.
        MissingExtraError: If the degradation needs a package that is absent.

    Example:
        >>> print(srkit.evaluate("edsr_x4", ["set5", "set14"]))
    """
    name, model = _network(model)
    scale = model.scale
    more = check_names(metrics)
    opened = [
        load(name, scale=scale, kernel=kernel, degradation=degradation, seed=seed)
        for name in _listed(sets)
    ]
    shave = scale if shave is None else shave
    main = Protocol(shave=shave, channel=channel, kernel=opened[0].made)
    protocols = _protocols(main, variants=explain)
    engine = Engine(model, precision=precision)
    methods = {
        (BASELINE, "uint8"): lambda lr: resize(lr, scale=scale),
        (f"{name} (8 views)" if ensemble else name, engine.precision): (
            lambda lr: enlarge(engine, lr, ensemble=ensemble)
        ),
    }
    with _progress(sum(map(len, opened))) as advance:
        rows = [_measure(found, methods, protocols, more, advance) for found in opened]
    return Table(tuple(row for of_set in rows for row in of_set))


def _network(model: SuperResolver | str | Path) -> tuple[str, SuperResolver]:
    """The name that the table gives the network, and the network."""
    if isinstance(model, (str, Path)):
        return Path(model).name, SuperResolver.from_preset(model)
    if not hasattr(model, "scale"):
        raise ArgumentError(
            "`model` must be a network of srkit.models, or the name or folder of a "
            f"preset. Received: {type(model).__name__}"
        )
    return model.name, model


def _protocols(main: Protocol, *, variants: bool) -> list[Protocol]:
    """The protocol asked for, and those that others use without saying so."""
    others = [("y", main.shave), ("y", 0), ("y_full", main.shave)]
    others += [("rgb", main.shave), ("rgb", 0)]
    kinds = [(main.channel, main.shave), *(others if variants else [])]
    return [
        Protocol(channel=channel, shave=shave, kernel=main.kernel)
        for channel, shave in dict.fromkeys(kinds)
    ]


def _listed(sets: str | Path | Sequence[str | Path]) -> list[str | Path]:
    wanted = [sets] if isinstance(sets, (str, Path)) else list(sets)
    if not wanted:
        raise ArgumentError(
            "`sets` must name at least one set or folder, 'set5' for instance. "
            "Received: none"
        )
    return wanted


def _measure(
    pictures: EvaluationSet,
    methods: dict[_Method, Callable[[ByteImage], ByteImage]],
    protocols: list[Protocol],
    more: list[str],
    advance: Callable[[str], None],
) -> list[Row]:
    """The rows of one set, protocol by protocol."""
    named = [_ORIGINAL, *methods] if {"niqe", "checkerboard"} & {*more} else [*methods]
    scores: dict[tuple[Protocol, _Method], list[ImageScore]] = {
        (protocol, method): [] for protocol in protocols for method in named
    }
    for pair in pictures:
        for method in named:
            sr = pair.hr if method == _ORIGINAL else methods[method](pair.lr)
            for protocol in protocols:
                score = _compare(pair, sr, protocol, pictures, more)
                scores[protocol, method].append(score)
        advance(f"{pictures.name}/{pair.name}")
    return [
        Row(
            method=method,
            precision=precision,
            set=pictures.name,
            scale=pictures.scale,
            images=tuple(images),
        )
        for (_, (method, precision)), images in scores.items()
    ]


def _compare(
    pair: EvaluationPair,
    sr: ByteImage,
    protocol: Protocol,
    pictures: EvaluationSet,
    more: list[str],
) -> ImageScore:
    how = asdict(protocol)
    result = Result(
        lr=pair.lr,
        sr=sr,
        scale=pictures.scale,
        kernel=pictures.kernel,
        shave=protocol.shave,
    )
    try:
        return ImageScore(
            name=pair.name,
            psnr=psnr(pair.hr, sr, **how),
            ssim=ssim(pair.hr, sr, **how),
            more=measure(more, result),
        )
    except ImageError as error:
        raise DataError(f"Picture {pair.name!r} cannot be measured: {error}") from error


@contextmanager
def _progress(count: int) -> Iterator[Callable[[str], None]]:
    """Shows a bar on stderr where that is a terminal; gives what advances it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=count)
        yield lambda name: bar.update(task, advance=1, description=name)
