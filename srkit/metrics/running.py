"""What the Keras metrics of this room share: a mean over pictures with its protocol."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import keras
from keras import ops

from srkit.errors import ImageError
from srkit.types import Tensor

from .protocol import Protocol, Score

PERFECT = 100.0
"""Decibels that a picture without any error counts in a mean: infinity hides others."""


class PictureMean(keras.metrics.Mean, ABC):
    """Mean over pictures of one measure, with its protocol.

    Args:
        protocol: How the measure is taken; a measure of its own kind says it in words.
        name: Name of the metric, the class's in small letters.
        dtype: As in Keras.
    """

    quantity: str
    """What a score of it is called."""

    def __init__(
        self, *, protocol: Protocol | str, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(name=name or type(self).__name__.lower(), dtype=dtype)
        self.protocol = protocol

    @abstractmethod
    def measure(self, hr: Tensor, sr: Tensor) -> Tensor:
        """One value a picture."""

    def update_state(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        """Adds a batch of pictures in [-1, 1]."""
        hr, sr = batch_of("y_true", y_true), batch_of("y_pred", y_pred)
        super().update_state(self.measure(hr, sr), sample_weight)

    def score(self) -> Score:
        """The mean so far; printed, it says figure and protocol."""
        figure = float(self.result())
        return Score(figure, quantity=self.quantity, protocol=self.protocol)

    def __repr__(self) -> str:
        # Without the figure: Keras asks for it where variables hold none yet.
        return f"<{type(self).__name__} name={self.name} [{self.protocol}]>"


def batch_of(name: str, pictures: Any) -> Tensor:
    """The tensor of a batch (N, H, W, C).

    Raises:
        ImageError: If `pictures` are of another rank.
    """
    tensor = ops.convert_to_tensor(pictures)
    if len(tensor.shape) != 4:
        raise ImageError(
            f"`{name}` must be a batch (N, H, W, C). "
            f"Received: shape={tuple(tensor.shape)}"
        )
    return tensor
