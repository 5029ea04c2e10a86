"""Loss on what the LR picture shows: the rest is left to the other terms."""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from srkit.image import downscale
from srkit.types import Tensor

from .pixel import difference


@keras.saving.register_keras_serializable("srkit")
class Consistency(keras.losses.Loss):
    """L1 between the pictures shrunk to LR: the result must show what was given.

    As a GAN's pixel term it holds LR-PSNR and colours without a word against fine
    detail, of which L1 on HR's pixels takes the sharpness. Shrunk HR stands for LR, so
    that where LR is degraded, it is the clean one that counts.

    Shape:
        Two of ``(N, H, W, C)``, sides of at least `scale`.

    Args:
        scale: Factor between LR and HR.
        kernel: How LR is made from HR, one of `srkit.image.KERNELS`.
        name: Name of the loss.
        reduction: As in Keras.
        dtype: As in Keras; the loss is computed in float32 all the same.

    Raises:
        ArgumentError: When called, if `scale` is no whole number from 1, or `kernel`
            is unknown.

    Source:
        The consistency of Lugmayr et al., NTIRE 2021 Learning the Super-Resolution
        Space Challenge, CVPR Workshops 2021, section 3.2, as a loss.
    """

    def __init__(
        self,
        *,
        scale: int,
        kernel: str = "bicubic",
        name: str | None = "consistency",
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.scale = scale
        self.kernel = kernel

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """One value a pixel of LR: the mean over its channels."""
        # Shrinking is linear: that of the error serves for those of both pictures.
        error = difference(y_true, y_pred)
        shrunk = downscale(error, self.scale, kernel=self.kernel)
        return ops.mean(ops.abs(shrunk), axis=-1)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"scale": self.scale, "kernel": self.kernel}
        return {**super().get_config(), **own}
