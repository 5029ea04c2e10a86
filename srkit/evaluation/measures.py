"""What else can be measured of a result, beside PSNR and SSIM."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from srkit.errors import ArgumentError
from srkit.image import to_network
from srkit.metrics import Score, checkerboard, color_bias, lr_psnr, niqe
from srkit.metrics.artifacts import stamp as checkerboard_stamp
from srkit.metrics.consistency import stamp as consistency_stamp
from srkit.types import ByteImage


@dataclass(frozen=True, kw_only=True)
class Result:
    """One result, and what it was made from."""

    lr: ByteImage
    sr: ByteImage
    scale: int
    kernel: str
    shave: int


def measure(names: Sequence[str], result: Result) -> dict[str, Score]:
    """The figures of one result, by the columns that a table has for them."""
    scores: dict[str, Score] = {}
    for name in names:
        scores |= _MEASURES[name](result)
    return scores


def check_names(names: Sequence[str]) -> list[str]:
    """The measures named, each once, without PSNR and SSIM, which are always there.

    Raises:
        ArgumentError: If one is unknown.
    """
    always = ("psnr", "ssim")
    for name in names:
        if name not in (*always, *_MEASURES):
            raise ArgumentError(
                f"`metrics` must be of {', '.join((*always, *_MEASURES))}. "
                f"Received: {name!r}"
            )
    return [name for name in dict.fromkeys(names) if name not in always]


def _niqe(result: Result) -> dict[str, Score]:
    return {"niqe": niqe(result.sr, shave=result.shave)}


def _lr_psnr(result: Result) -> dict[str, Score]:
    (value,) = _compared(lr_psnr, result)
    stamp = consistency_stamp(result.kernel)
    return {"lr_psnr": Score(float(value), quantity="LR-PSNR", protocol=stamp)}


def _color_bias(result: Result) -> dict[str, Score]:
    (biases,) = _compared(color_bias, result)
    values = [float(bias) for bias in biases]
    stamp = consistency_stamp(result.kernel)
    return {
        f"bias_{color}": Score(value, quantity="colour bias", protocol=stamp)
        for color, value in zip("rgb", values * (3 // len(values)), strict=True)
    }


def _checkerboard(result: Result) -> dict[str, Score]:
    (value,) = checkerboard(to_network(result.sr)[None], scale=result.scale)
    stamp = checkerboard_stamp(result.scale)
    return {
        "checkerboard": Score(float(value), quantity="checkerboard", protocol=stamp)
    }


def _compared(function: Callable[..., Any], result: Result) -> Any:
    lr, sr = (to_network(image)[None] for image in (result.lr, result.sr))
    return function(lr, sr, scale=result.scale, kernel=result.kernel)


_MEASURES: dict[str, Callable[[Result], dict[str, Score]]] = {
    "niqe": _niqe,
    "lr_psnr": _lr_psnr,
    "color_bias": _color_bias,
    "checkerboard": _checkerboard,
}
