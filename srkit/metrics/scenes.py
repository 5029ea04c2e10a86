"""Statistics of natural scenes: the features of gray pictures that NIQE compares.

Computed by NumPy in float64, step for step as the authors' MATLAB code, so that the
figures can be set beside published ones.

Source:
    Mittal, Soundararajan and Bovik, Making a "Completely Blind" Image Quality Analyzer,
    IEEE SPL 2013, equations 1 to 8, and `computefeature.m` of its release.
"""

from __future__ import annotations

from functools import cache
from math import gamma
from typing import NamedTuple

import numpy as np

from srkit.image.resampling import resize
from srkit.types import Float64

BLOCK = 96
_NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))


def features(plane: Float64) -> Float64:
    """36 features of each block: 18 at full size, 18 at half."""
    found = []
    half = resize(plane, scale=0.5)
    for picture, block in ((plane, BLOCK), (half, BLOCK // 2)):
        rows, columns = (side // block for side in picture.shape)
        cut = _contrast(picture).reshape(rows, block, columns, block)
        blocks = cut.swapaxes(1, 2).reshape(-1, block, block)
        shape, _, left, right = _fit(blocks)
        found += [shape, (left + right) / 2]
        for shift in _NEIGHBOURS:
            found += _fit(blocks * np.roll(blocks, shift, axis=(1, 2)))
    return np.stack(found, axis=-1)


def _fit(blocks: Float64) -> list[Float64]:
    """Asymmetric generalised Gaussian of each block: shape, mean, left and right width.

    NaN where a block has no value on one side of zero.
    """
    table = _shapes()
    with np.errstate(invalid="ignore", divide="ignore"):
        left, right = (
            np.sqrt((blocks**2 * side).sum(axis=(1, 2)) / side.sum(axis=(1, 2)))
            for side in (blocks < 0, blocks > 0)
        )
        skew = left / right
        peak = np.abs(blocks).mean(axis=(1, 2)) ** 2 / (blocks**2).mean(axis=(1, 2))
        wanted = peak * (skew**3 + 1) * (skew + 1) / (skew**2 + 1) ** 2
    nearest = np.argmin((table.peak - wanted[:, None]) ** 2, axis=1)
    left, right = left * table.width[nearest], right * table.width[nearest]
    return [table.shape[nearest], (right - left) * table.offset[nearest], left, right]


class _Shapes(NamedTuple):
    """What follows from each shape that is tried."""

    shape: Float64
    peak: Float64
    width: Float64
    offset: Float64


@cache
def _shapes() -> _Shapes:
    shape = np.arange(200, 10001) / 1000
    one, two, three = (np.array([gamma(n / a) for a in shape]) for n in (1, 2, 3))
    return _Shapes(shape, two**2 / (one * three), np.sqrt(one / three), two / one)


def _contrast(plane: Float64) -> Float64:
    """Each pixel less the mean around it, by the deviation around it.

    Summed over differences, so that a flat area is exactly 0. The authors' sums leave
    the noise of their rounding there, whose signs the fits then count.
    """
    around = np.pad(plane, 3, mode="edge")
    weights = np.exp(-0.5 * (np.arange(-3, 4) / (7 / 6)) ** 2)
    weights = np.outer(weights, weights) / weights.sum() ** 2
    mean, square = np.zeros_like(plane), np.zeros_like(plane)
    for (row, column), weight in np.ndenumerate(weights):
        rows, columns = slice(row, row + len(plane)), slice(column, column - 6 or None)
        difference = around[rows, columns] - plane
        mean += weight * difference
        square += weight * difference**2
    return -mean / (np.sqrt(np.abs(square - mean**2)) + 1)
