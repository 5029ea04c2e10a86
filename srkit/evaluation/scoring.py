"""Measuring a network on sets: LR made, enlarged, compared, bicubic beside."""

from __future__ import annotations

from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from srkit.data import load
from srkit.errors import ArgumentError, DataError, ImageError
from srkit.metrics import Protocol, psnr, ssim

from .measures import WITHOUT_ORIGINAL, Measures, check_names
from .methods import find_methods, open_networks
from .table import ImageScore, Row, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from srkit.data import EvaluationSet
    from srkit.data.degradations import Degradation
    from srkit.data.sets import EvaluationPair
    from srkit.types import AnyImage

    from .methods import Make, Method, Model


def evaluate(
    model: Model | Sequence[Model],
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
    progress: Callable[[int, int], None] | None = None,
) -> Table:
    """Measures PSNR and SSIM of networks on sets of pictures, beside bicubic's.

    Each picture is cut to a multiple of the scale, made smaller by `kernel` and
    enlarged again; what comes out is compared as the uint8 picture a file would hold.
    A one-channel file runs through a network of three channels as gray and is scored
    as gray; of a colour picture, a network of one channel enlarges the luma alone.

    Args:
        model: The network, or a preset's name or folder; one or several, of one scale.
        sets: Names of sets ("set5") or folders of pictures; one or several.
        channel: "y" as in papers, "y_full" or "rgb"; see `srkit.metrics.CHANNELS`.
        shave: Pixels left out at each border; None for the scale, as in papers.
        kernel: How LR is made from HR, one of `srkit.image.KERNELS`.
        precision: "auto", "float32" or "bfloat16"; the table says which it was.
        ensemble: Mean over the eight flips and turns.
        explain: Add the rows that other protocols would give, of PSNR and SSIM alone.
        degradation: What else is done to LR, "cctv" for instance; see
            `srkit.data.degradations`. The protocol names it.
        seed: Of the degradations, never those of training.
        metrics: More columns: "niqe", "lr_psnr", "color_bias" (levels of red, green and
            blue, signed), "checkerboard", "perceptual_distance[squeezenet11]" or of
            another of `srkit.layers.features.NETWORKS`. "psnr" and "ssim" are always
            there. With "niqe" or "checkerboard", which need no original, it has a row
            too. What they need of models and weights lies below `SRKIT_DATASETS`.
        progress: Told after each picture how many are done, and of how many.

    Returns:
        A table with a row for bicubic interpolation and one for each network a set.

    Raises:
        PresetError: If `model` names no sound preset.
        DataError: If a set is absent, or holds an unreadable or too small picture.
        ArgumentError: If `model` or `sets` is empty, or an option is out of range.
        MissingExtraError: If the degradation needs a package that is absent.
        WeightsNotFoundError: If a metric's weights are absent.

    Example:
        >>> print(srkit.evaluate("edsr_x4", ["set5", "set14"]))
    """
    networks = open_networks(model)
    scale = next(iter(networks.values())).scale
    more = check_names(metrics)
    opened = [
        load(name, scale=scale, kernel=kernel, degradation=degradation, seed=seed)
        for name in _listed(sets)
    ]
    shave = scale if shave is None else shave
    main = Protocol(shave=shave, channel=channel, kernel=opened[0].made)
    protocols = {main: Measures(more, main, scale=scale, kernel=kernel)}
    for other in _variants(main) if explain else []:
        protocols.setdefault(other, Measures((), other, scale=scale, kernel=kernel))
    methods = find_methods(
        networks,
        precision=precision,
        ensemble=ensemble,
        original=not WITHOUT_ORIGINAL.isdisjoint(more),
    )
    done, total = count(1), sum(map(len, opened))

    def advance() -> None:
        if progress is not None:
            progress(next(done), total)

    rows = [_measure(found, methods, protocols, advance) for found in opened]
    return Table(tuple(row for of_set in rows for row in of_set))


def _variants(main: Protocol) -> list[Protocol]:
    """The protocols that others use without saying so."""
    kinds = [("y", main.shave), ("y", 0), ("y_full", main.shave)]
    kinds += [("rgb", main.shave), ("rgb", 0)]
    return [
        Protocol(channel=channel, shave=shave, kernel=main.kernel)
        for channel, shave in kinds
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
    methods: dict[Method, Make],
    protocols: dict[Protocol, Measures],
    advance: Callable[[], None],
) -> list[Row]:
    """The rows of one set, protocol by protocol."""
    scores: dict[tuple[Protocol, Method], list[ImageScore]] = {
        (protocol, method): [] for protocol in protocols for method in methods
    }
    for pair in pictures:
        for method, make in methods.items():
            sr = make(pair)
            for protocol, measures in protocols.items():
                score = _compare(pair, sr, protocol, measures)
                scores[protocol, method].append(score)
        advance()
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
    pair: EvaluationPair, sr: AnyImage, protocol: Protocol, measures: Measures
) -> ImageScore:
    how = asdict(protocol)
    try:
        return ImageScore(
            name=pair.name,
            psnr=psnr(pair.hr, sr, **how),
            ssim=ssim(pair.hr, sr, **how),
            more=measures(pair, sr),
        )
    except ImageError as error:
        raise DataError(f"Picture {pair.name!r} cannot be measured: {error}") from error
