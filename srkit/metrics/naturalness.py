"""NIQE: how natural a picture looks, without the picture it should be.

Computed by NumPy in float64, step for step as the authors' MATLAB code, so that the
figures can be set beside published ones.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from functools import cache
from math import gamma
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from srkit.errors import ArgumentError, ImageError, WeightsError
from srkit.image.resampling import resize
from srkit.types import Tensor

from .files import find_weights
from .planes import array_levels
from .protocol import Score
from .running import PictureMean

Float64 = NDArray[np.float64]

PRISTINE_FILE = "niqe_pris_params.npz"
_SOURCE = (
    "NIQE's pristine model (12 kB, Apache-2.0) from https://raw.githubusercontent.com/"
    "XPixelGroup/BasicSR/master/basicsr/metrics/niqe_pris_params.npz"
)
_OFFICIAL = "f6284a2b53fd40bb"
_BLOCK = 96
_FEATURES = 36
# MATLAB's `rgb2gray`: the first row of YIQ's inverse, a hair off 0.299, 0.587, 0.114.
_GRAY = np.linalg.inv([[1, 0.956, 0.621], [1, -0.272, -0.647], [1, -1.106, 1.703]])[0]
_NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (1, -1))


@dataclass(frozen=True, eq=False)
class Pristine:
    """What natural pictures are like: the mean of their features and the covariance."""

    mean: Float64
    covariance: Float64

    @property
    def label(self) -> str:
        """Name of the model: its authors and year, or a part of its checksum."""
        data = self.mean.tobytes() + self.covariance.tobytes()
        digest = hashlib.sha256(data).hexdigest()
        return "mittal2013" if digest.startswith(_OFFICIAL) else digest[:8]


def niqe(
    image: Any, *, weights: str | Path | Pristine | None = None, shave: int = 0
) -> Any:
    """Naturalness Image Quality Evaluator: 0 is as natural as can be, less is better.

    Photographs lie near 2 to 5, blurred and noisy ones above. It sees no content: an
    invented face scores as well as the true one. Blocks of 96 pixels are compared, so
    that a picture of a few blocks has an unsteady figure, and one without texture none
    (NaN). MathWorks' `niqe` of the same name has a model and figures of its own.

    Shape:
        ``(H, W, C)`` to a `Score`, or ``(N, H, W, C)`` to ``(N,)``.

    Args:
        image: An array of 1 or 3 channels, uint8 or uint16, or float in [0, 1].
        weights: The pristine model, or the path of its file; see `load_pristine`.
        shave: Pixels left out at each border.

    Raises:
        ImageError: If it is no picture, or holds fewer than two blocks.
        WeightsNotFoundError: If there is no file of the pristine model.
        WeightsError: If that file holds something else.

    Source:
        Mittal, Soundararajan and Bovik, Making a "Completely Blind" Image Quality
        Analyzer, IEEE SPL 2013, and its `computequality.m`.
    """
    pristine = load_pristine(weights)
    values = _values(image, pristine, shave, black=0.0)
    if np.ndim(image) == 4:
        return values
    stamp = _stamp(pristine, shave)
    return Score(float(values[0]), quantity="NIQE", protocol=stamp)


def _values(image: Any, pristine: Pristine, shave: int, *, black: float) -> Float64:
    planes = _gray(image, shave, black)
    return np.array([_distance(_features(plane), pristine) for plane in planes])


def load_pristine(weights: str | Path | Pristine | None = None) -> Pristine:
    """Reads the pristine model: 11.8 kB, fitted by the authors to 125 photographs.

    Args:
        weights: Path of ``niqe_pris_params.npz`` as BasicSR has it; None for the file
            of that name in ``weights`` below `SRKIT_DATASETS` or ./datasets.

    Raises:
        WeightsNotFoundError: If it is not there; the message says where to get it.
        WeightsError: If it holds something else.
    """
    if isinstance(weights, Pristine):
        return weights
    path = find_weights(PRISTINE_FILE, weights, source=_SOURCE)
    return _read(path.resolve(), path.stat().st_mtime_ns)


@keras.saving.register_keras_serializable("srkit")
class NIQE(PictureMean):
    """Mean NIQE of the results seen; see `niqe`.

    It is computed by NumPy, outside of a compiled step: compile the model with
    ``run_eagerly=True`` on TensorFlow, or call the metric yourself.

    Shape:
        Batches of two ``(N, H, W, C)`` in [-1, 1], of which the first is not looked at.

    Args:
        weights: Path of the pristine model; see `load_pristine`.
        shave: Pixels left out at each border.
        name: Name of the metric, "niqe".
        dtype: As in Keras.
    """

    quantity = "NIQE"

    def __init__(
        self,
        *,
        weights: str | Path | None = None,
        shave: int = 0,
        name: str = "niqe",
        dtype: Any = None,
    ) -> None:
        self._pristine = load_pristine(weights)
        stamp = _stamp(self._pristine, shave)
        super().__init__(protocol=stamp, name=name, dtype=dtype)
        self.weights_path = None if weights is None else str(weights)
        self.shave = shave

    def measure(self, hr: Tensor, sr: Tensor) -> Tensor:  # noqa: ARG002
        """NIQE of each result."""
        try:
            pictures = np.asarray(ops.convert_to_numpy(ops.cast(sr, "float32")))
        except (NotImplementedError, TypeError) as error:
            raise ArgumentError(
                "NIQE is computed outside of a compiled step: "
                "model.compile(..., run_eagerly=True). Received: a symbolic tensor"
            ) from error
        values = _values(pictures, self._pristine, self.shave, black=-1.0)
        return ops.convert_to_tensor(values.astype(np.float32))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"weights": self.weights_path, "shave": self.shave}
        return {**super().get_config(), **own}


@cache
def _read(path: Path, _changed: int) -> Pristine:
    try:
        with np.load(path) as file:
            mean = np.asarray(file["mu_pris_param"], np.float64).reshape(-1)
            covariance = np.asarray(file["cov_pris_param"], np.float64)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise WeightsError(
            f"{path} must hold `mu_pris_param` and `cov_pris_param`, NIQE's pristine "
            f"model. Received: {error}"
        ) from error
    if mean.shape != (_FEATURES,) or covariance.shape != (_FEATURES, _FEATURES):
        raise WeightsError(
            f"{path} must hold a mean of {_FEATURES} features and their covariance. "
            f"Received: {mean.shape} and {covariance.shape}"
        )
    return Pristine(mean, covariance)


def _stamp(pristine: Pristine, shave: int) -> str:
    return f"gray|shave{shave}|uint8|blocks{_BLOCK}|{pristine.label}"


def _gray(image: Any, shave: int, black: float) -> Float64:
    """Gray levels of whole blocks, rounded as MATLAB's `rgb2gray` does, a batch."""
    shape = tuple(getattr(image, "shape", ()))
    if len(shape) not in (3, 4) or shape[-1] not in (1, 3):
        raise ImageError(
            "`image` must be an array (H, W, C) or (N, H, W, C) of 1 or 3 channels. "
            f"Received: {type(image).__name__}, shape={shape}"
        )
    if type(shave) is not int or shave < 0:
        raise ArgumentError(f"`shave` must be a whole number from 0. Received: {shave}")
    height, width = ((side - 2 * shave) // _BLOCK * _BLOCK for side in shape[-3:-1])
    if height * width < 2 * _BLOCK**2:
        raise ImageError(
            f"NIQE needs two blocks of {_BLOCK} pixels inside the border of `shave` "
            f"(={shave}). Received: {shape[-3]}x{shape[-2]}"
        )
    levels = array_levels("image", np.asarray(image), black=black)
    levels = levels.reshape(-1, *shape[-3:])
    levels = levels[:, shave : shave + height, shave : shave + width]
    if shape[-1] == 3:
        levels = np.floor(levels @ _GRAY + 0.5)[..., None]
    return levels[..., 0]


def _features(plane: Float64) -> Float64:
    """36 features of each block: 18 at full size, 18 at half."""
    found = []
    for block in (_BLOCK, _BLOCK // 2):
        rows, columns = (side // block for side in plane.shape)
        cut = _contrast(plane).reshape(rows, block, columns, block)
        blocks = cut.swapaxes(1, 2).reshape(-1, block, block)
        shape, _, left, right = _fit(blocks)
        found += [shape, (left + right) / 2]
        for shift in _NEIGHBOURS:
            found += _fit(blocks * np.roll(blocks, shift, axis=(1, 2)))
        plane = resize(plane, scale=0.5)
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


def _distance(features: Float64, pristine: Pristine) -> float:
    """Mahalanobis distance between the model of a picture and the pristine one."""
    whole = features[~np.isnan(features).any(axis=1)]
    if len(whole) < 2:
        return float("nan")
    difference = pristine.mean - np.nanmean(features, axis=0)
    covariance = (pristine.covariance + np.cov(whole, rowvar=False)) / 2
    return float(np.sqrt(difference @ np.linalg.pinv(covariance) @ difference))


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
