"""What else can be measured of a result, beside PSNR and SSIM."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any

from srkit.errors import ArgumentError, ImageError
from srkit.metrics import (
    PerceptualDistance,
    Protocol,
    Score,
    checkerboard,
    color_bias,
    lr_psnr,
    niqe,
)
from srkit.metrics.perceptual import apart
from srkit.metrics.pristine import load_pristine

if TYPE_CHECKING:
    from srkit.data.sets import EvaluationPair
    from srkit.types import AnyImage

Figures = dict[str, Score | None]
"""By column; None where a result has no such figure."""
Measure = Callable[["EvaluationPair", "AnyImage"], Figures]

_ALWAYS = ("psnr", "ssim")
_PLAIN = ("niqe", "lr_psnr", "color_bias", "checkerboard")
_DISTANCE = re.compile(r"perceptual_distance\[(.+)\]")

WITHOUT_ORIGINAL = frozenset({"niqe", "checkerboard"})
"""Those that the originals have a figure of, too."""


def check_names(names: Sequence[str]) -> list[str]:
    """The measures named, each once, without PSNR and SSIM, which are always there.

    Raises:
        ArgumentError: If one is unknown.
    """
    for name in names:
        if name not in (*_ALWAYS, *_PLAIN) and not _DISTANCE.fullmatch(name):
            known = (*_ALWAYS, *_PLAIN, "perceptual_distance[NETWORK]")
            raise ArgumentError(
                f"`metrics` must be of {', '.join(known)}. Received: {name!r}"
            )
    return [name for name in dict.fromkeys(names) if name not in _ALWAYS]


class Measures:
    """What is measured of each result beside PSNR and SSIM, under one protocol.

    Args:
        names: As `check_names` gives them.
        protocol: That of PSNR and SSIM.
        scale: Factor between LR and HR.
        kernel: How LR was made from HR, before it was degraded.

    Raises:
        ArgumentError: If a feature network is unknown.
        WeightsNotFoundError: If a file of weights is missing.
        WeightsError: If it is damaged, or another one.
    """

    def __init__(
        self, names: Sequence[str], protocol: Protocol, *, scale: int, kernel: str
    ) -> None:
        self._shave, self._scale = protocol.shave, scale
        made = protocol.kernel
        self._small: dict[str, Any] = {"scale": scale, "kernel": kernel, "made": made}
        measures = self._niqe, self._lr_psnr, self._bias, self._grid
        plain = dict(zip(_PLAIN, measures, strict=True))
        self._wanted: list[Measure] = [
            _Distance(found[1], protocol)
            if (found := _DISTANCE.fullmatch(name))
            else plain[name]
            for name in names
        ]
        if "niqe" in names:
            load_pristine()  # a missing file is told before the work

    def __call__(self, pair: EvaluationPair, sr: AnyImage) -> Figures:
        """The figures of one result, by the columns that a table has for them."""
        scores: Figures = {}
        for measure in self._wanted:
            scores |= measure(pair, sr)
        return scores

    def _niqe(self, _: EvaluationPair, sr: AnyImage) -> Figures:
        return {"niqe": _figure(niqe, sr, shave=self._shave)}

    def _lr_psnr(self, pair: EvaluationPair, sr: AnyImage) -> Figures:
        return {"lr_psnr": lr_psnr(pair.lr, sr, **self._small)}

    def _bias(self, pair: EvaluationPair, sr: AnyImage) -> Figures:
        biases = color_bias(pair.lr, sr, **self._small)
        names = [f"bias_{color}" for color in "rgb"]
        return dict(zip(names, biases * (3 // len(biases)), strict=True))

    def _grid(self, _: EvaluationPair, sr: AnyImage) -> Figures:
        return {"checkerboard": _figure(checkerboard, sr, scale=self._scale)}


def _figure(measure: Callable[..., Score], sr: AnyImage, **how: int) -> Score | None:
    """The figure of a result; None of one that is too small or has no texture."""
    try:
        score = measure(sr, **how)
    except ImageError:  # nothing but the size of a result can be wrong
        return None
    return None if isnan(score) else score


class _Distance:
    """A perceptual distance, which looks at the original of several results once."""

    def __init__(self, network: str, protocol: Protocol) -> None:
        self._metric = PerceptualDistance(
            network=network, shave=protocol.shave, kernel=protocol.kernel
        )
        self._original: AnyImage | None = None
        self._seen: Any = None

    def __call__(self, pair: EvaluationPair, sr: AnyImage) -> Figures:
        metric = self._metric
        hr, made = metric.planes(pair.hr[None], sr[None], black=0.0)
        if pair.hr is not self._original:
            self._original, self._seen = pair.hr, metric.look(hr)
        seen = self._seen if sr is pair.hr else metric.look(made)
        value = float(apart(self._seen, seen)[0])
        score = Score(value, quantity=metric.quantity, protocol=metric.protocol)
        name = metric.quantity.replace("PerceptualDistance", "perceptual_distance")
        return {name: score}
