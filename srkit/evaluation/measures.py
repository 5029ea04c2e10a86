"""What else can be measured of a result, beside PSNR and SSIM."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from srkit.errors import ArgumentError
from srkit.metrics import Score, checkerboard, color_bias, lr_psnr, niqe
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
    return {"lr_psnr": _compared(lr_psnr, result)}


def _color_bias(result: Result) -> dict[str, Score]:
    biases = _compared(color_bias, result)
    names = [f"bias_{color}" for color in "rgb"]
    return dict(zip(names, biases * (3 // len(biases)), strict=True))


def _checkerboard(result: Result) -> dict[str, Score]:
    return {"checkerboard": checkerboard(result.sr, scale=result.scale)}


def _compared(function: Callable[..., Any], result: Result) -> Any:
    return function(result.lr, result.sr, scale=result.scale, kernel=result.kernel)


_MEASURES: dict[str, Callable[[Result], dict[str, Score]]] = {
    "niqe": _niqe,
    "lr_psnr": _lr_psnr,
    "color_bias": _color_bias,
    "checkerboard": _checkerboard,
}
