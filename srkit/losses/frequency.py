"""Losses on the spectrum: what L1 on pixels lets blur counts here."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from srkit.errors import ImageError
from srkit.types import Tensor

from .pixel import difference


@keras.saving.register_keras_serializable("srkit")
class FrequencyLoss(keras.losses.Loss):
    """L1 between the spectra, on their real and imaginary parts.

    The transform is not normalised, so the value grows with the square root of the
    picture's area; 0.05 beside L1 is the weight of the papers, on patches of 256
    pixels (`WeightedSum([("mae", 1.0), (FrequencyLoss(), 0.05)])`).

    Shape:
        Two of ``(N, H, W, C)``.

    Args:
        name: Name of the loss.
        reduction: As in Keras.
        dtype: As in Keras; the loss is computed in float32 all the same.

    Source:
        Cho et al., Rethinking Coarse-to-Fine Approach in Single Image Deblurring,
        ICCV 2021; the weight in Sun et al., Spatially-Adaptive Feature
        Modulation for Efficient Image Super-Resolution (SAFMN), ICCV 2023.
    """

    def __init__(
        self,
        *,
        name: str | None = "frequency_loss",
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """One value an image: the mean over channels, frequencies and both parts."""
        if len(y_true.shape) != 4:
            raise ImageError(
                "`y_true` must be a batch (N, H, W, C). "
                f"Received: shape={tuple(y_true.shape)}"
            )
        # The transform is linear: one of the error serves for two of the pictures.
        error = ops.transpose(difference(y_true, y_pred), (0, 3, 1, 2))
        real, imaginary = ops.fft2((error, ops.zeros_like(error)))
        return ops.mean(ops.abs(real) + ops.abs(imaginary), axis=(1, 2, 3)) / 2
