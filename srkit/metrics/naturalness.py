"""NIQE: how natural a picture looks, without the picture it should be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from srkit.errors import ArgumentError, ImageError
from srkit.types import Float64, Tensor

from .planes import array_levels
from .pristine import Pristine, load_pristine
from .protocol import Score
from .running import PictureMean
from .scenes import BLOCK, features

# MATLAB's `rgb2gray`: the first row of YIQ's inverse, a hair off 0.299, 0.587, 0.114.
_GRAY = np.linalg.inv([[1, 0.956, 0.621], [1, -0.272, -0.647], [1, -1.106, 1.703]])[0]


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
    return np.array([_distance(features(plane), pristine) for plane in planes])


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

    def measure(self, hr: Tensor, sr: Tensor) -> Tensor:
        """NIQE of each result."""
        del hr
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


def _stamp(pristine: Pristine, shave: int) -> str:
    return f"gray|shave{shave}|uint8|blocks{BLOCK}|{pristine.label}"


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
    height, width = ((side - 2 * shave) // BLOCK * BLOCK for side in shape[-3:-1])
    if height * width < 2 * BLOCK**2:
        raise ImageError(
            f"NIQE needs two blocks of {BLOCK} pixels inside the border of `shave` "
            f"(={shave}). Received: {shape[-3]}x{shape[-2]}"
        )
    levels = array_levels("image", np.asarray(image), black=black)
    levels = levels.reshape(-1, *shape[-3:])
    levels = levels[:, shave : shave + height, shave : shave + width]
    if shape[-1] == 3:
        levels = np.floor(levels @ _GRAY + 0.5)[..., None]
    return levels[..., 0]


def _distance(seen: Float64, pristine: Pristine) -> float:
    """Mahalanobis distance between the model of a picture and the pristine one."""
    whole = seen[~np.isnan(seen).any(axis=1)]
    if len(whole) < 2:
        return float("nan")
    difference = pristine.mean - np.nanmean(seen, axis=0)
    covariance = (pristine.covariance + np.cov(whole, rowvar=False)) / 2
    return float(np.sqrt(difference @ np.linalg.pinv(covariance) @ difference))
