"""Losses on pixels, and the weighted sum that joins them with others.

Every loss takes two batches in [-1, 1], computes in float32 whatever their dtype,
and gives values that Keras reduces to their mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from srkit.errors import ArgumentError, ImageError
from srkit.types import Tensor


@keras.saving.register_keras_serializable("srkit")
class Charbonnier(keras.losses.Loss):
    """L1 made smooth at zero: the root of the squared error plus `epsilon` squared.

    Shape:
        Two of ``(N, H, W, C)``.

    Args:
        epsilon: Error, in network units, below which the loss is about quadratic.
        name: Name of the loss.
        reduction: As in Keras.
        dtype: As in Keras; the loss is computed in float32 all the same.

    Raises:
        ArgumentError: If `epsilon` is not positive.

    Source:
        Charbonnier et al., Two deterministic half-quadratic regularization
        algorithms for computed imaging, ICIP 1994; in super-resolution Lai et al.,
        Deep Laplacian Pyramid Networks, CVPR 2017, section 3.2 (epsilon 1e-3).
    """

    def __init__(
        self,
        *,
        epsilon: float = 1e-3,
        name: str | None = "charbonnier",
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        if epsilon <= 0:
            raise ArgumentError(f"`epsilon` must be positive. Received: {epsilon}")
        self.epsilon = epsilon

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """One value a pixel: the mean over its channels."""
        squared = ops.square(difference(y_true, y_pred))
        return ops.mean(ops.sqrt(squared + self.epsilon**2), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "epsilon": self.epsilon}


@keras.saving.register_keras_serializable("srkit")
class EdgeWeighted(keras.losses.Loss):
    """Squared error that counts more along the lines and edges of the original.

    The weight of a pixel is 1, and `strength` more where black meets white within its
    3x3 neighbours: their range, as a share of the full one. Flat regions, which are
    most of line art and are easily right, so no longer decide what is learnt.

    Shape:
        Two of ``(N, H, W, C)`` in [-1, 1].

    Args:
        strength: What a full edge adds to the weight.
        name: Name of the loss.
        reduction: As in Keras.
        dtype: As in Keras; the loss is computed in float32 all the same.

    Raises:
        ArgumentError: If `strength` is negative.
    """

    def __init__(
        self,
        *,
        strength: float = 4.0,
        name: str | None = "edge_weighted",
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        if not strength >= 0:
            raise ArgumentError(
                f"`strength` must not be negative. Received: {strength}"
            )
        self.strength = strength

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """One value a pixel: the mean over its channels."""
        squared = ops.square(difference(y_true, y_pred))
        hr = ops.stop_gradient(ops.cast(y_true, "float32"))
        options = {"pool_size": 3, "strides": 1, "padding": "same"}
        highest, lowest = (
            sign * ops.max_pool(sign * hr, data_format="channels_last", **options)
            for sign in (1.0, -1.0)
        )
        weight = 1.0 + self.strength * (highest - lowest) / 2.0
        return ops.mean(weight * squared, axis=-1)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "strength": self.strength}


@keras.saving.register_keras_serializable("srkit")
class WeightedSum(keras.losses.Loss):
    """Several losses at once, each times its weight.

    Shape:
        What the losses take.

    Args:
        losses: Pairs of a loss (an object, or one of Keras's names) and its weight.
            Each loss is averaged over the image first; its own `reduction` is unused.
        name: Name of the sum.
        reduction: As in Keras.
        dtype: As in Keras.

    Raises:
        ArgumentError: If `losses` is empty or not made of pairs.

    Example:
        >>> loss = WeightedSum([("mae", 1.0), (FrequencyLoss(), 0.05)])
    """

    def __init__(
        self,
        losses: Sequence[tuple[Any, float]],
        *,
        name: str | None = "weighted_sum",
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        if not losses or any(len(pair) != 2 for pair in losses):
            raise ArgumentError(
                "`losses` must be pairs such as [('mae', 1.0), (FrequencyLoss(), "
                f"0.05)]. Received: {losses!r}"
            )
        self.losses = [
            (keras.losses.get(loss), float(weight)) for loss, weight in losses
        ]

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """One value an image."""
        return sum(
            weight * _per_image(getattr(loss, "call", loss)(y_true, y_pred))
            for loss, weight in self.losses
        )

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        pairs = [[keras.losses.serialize(loss), weight] for loss, weight in self.losses]
        return {**super().get_config(), "losses": pairs}


def difference(y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Error of `y_pred` in float32, where bfloat16 would lose small ones.

    Raises:
        ImageError: If the shapes differ.
    """
    check_shapes(y_true, y_pred)
    return ops.cast(y_pred, "float32") - ops.cast(y_true, "float32")


def check_shapes(y_true: Tensor, y_pred: Tensor) -> None:
    """Refuses pictures that would broadcast to a wrong loss.

    Raises:
        ImageError: If the shapes differ.
    """
    wanted, received = tuple(y_true.shape), tuple(y_pred.shape)
    if len(wanted) != len(received) or any(
        a != b for a, b in zip(wanted, received, strict=True) if None not in (a, b)
    ):
        raise ImageError(
            f"`y_pred` must have the shape of `y_true`, {wanted}. Received: {received}"
        )


def _per_image(values: Tensor) -> Tensor:
    axes = tuple(range(1, len(values.shape)))
    return ops.mean(values, axis=axes) if axes else values
