"""Whether a result is still the picture it was made from: LR-PSNR and colour bias.

Both shrink SR with the kernel that makes LR from HR and compare it with LR. A network
may invent detail, but what it gives must shrink to what it was given.

The functions take pictures as they are at srkit's doors (uint8, uint16, or float in
[0, 1]), the metrics batches of networks (float in [-1, 1]).
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from srkit.errors import ImageError
from srkit.image import downscale
from srkit.types import Tensor

from .figures import figures
from .planes import network_batch
from .protocol import Score
from .running import PERFECT, PictureMean, batch_of


def lr_psnr(
    lr: Any, sr: Any, *, scale: int, kernel: str = "bicubic", made: str | None = None
) -> Any:
    """PSNR in decibels between LR and the SR that is shrunk to it, on RGB.

    Nothing is rounded and no border is left out; SR is clipped to what a file can
    hold. LR of 256 levels alone keeps the figure of a perfect result near 59 dB.

    Shape:
        ``(h, w, C)`` and ``(h * scale, w * scale, C)`` to a `Score`, or batches of
        them to ``(N,)``.

    Args:
        lr: What the network was given: an array or tensor of uint8, uint16, or float in
            [0, 1].
        sr: What it made of it, alike.
        scale: Factor between the two.
        kernel: How SR is shrunk, one of `srkit.image.KERNELS`: as LR was made from HR.
        made: How LR was made, for the protocol, if not by `kernel` alone.

    Returns:
        One value a picture, infinite where nothing differs; a tensor where a tensor
        came in.

    Raises:
        ImageError: If they are no pictures, an array holds NaN or a wrong range, or
            they do not differ by `scale` in size.
        ArgumentError: If `scale` is no whole number from 1, or `kernel` is unknown.

    Source:
        Lugmayr et al., NTIRE 2021 Learning the Super-Resolution Space Challenge,
        CVPR Workshops 2021, section 3.2 ("LR-PSNR").
    """
    given = network_batch("lr", lr), network_batch("sr", sr)
    values = _faithfulness(_residual(*given, scale, kernel))
    stamp = _stamp(made or kernel)
    return figures(values, lr, sr, quantity="LR-PSNR", protocol=stamp)


def color_bias(
    lr: Any, sr: Any, *, scale: int, kernel: str = "bicubic", made: str | None = None
) -> Any:
    """How far the colours of SR stand off those of LR, in levels of 0..255, signed.

    The mean over the pixels of SR, shrunk to LR, minus LR: positive in the first
    channel is a tint of red.

    Shape:
        ``(h, w, C)`` and ``(h * scale, w * scale, C)`` to a list of `Score`, or batches
        of them to ``(N, C)``.

    Args:
        lr: As for `lr_psnr`.
        sr: As for `lr_psnr`.
        scale: As for `lr_psnr`.
        kernel: As for `lr_psnr`.
        made: As for `lr_psnr`.

    Raises:
        ImageError: As for `lr_psnr`.
        ArgumentError: As for `lr_psnr`.
    """
    given = network_batch("lr", lr), network_batch("sr", sr)
    values = _bias(_residual(*given, scale, kernel))
    stamp = _stamp(made or kernel)
    return figures(values, lr, sr, quantity="colour bias", protocol=stamp)


@keras.saving.register_keras_serializable("srkit")
class LRPSNR(PictureMean):
    """Mean LR-PSNR in decibels over the pictures seen; see `lr_psnr`.

    A metric sees no LR, so that the same kernel makes it from HR. For LR of another
    making call the function. A crop that shrinks to LR without any error (a saturated
    one, say) counts as 100 dB, as for `PSNR`.

    Shape:
        Batches of two ``(N, H, W, C)`` in [-1, 1].

    Args:
        scale: Factor between LR and HR.
        kernel: How LR is made from HR.
        name: Name of the metric, "lr_psnr".
        dtype: As in Keras.
    """

    quantity = "LR-PSNR"

    def __init__(
        self,
        *,
        scale: int,
        kernel: str = "bicubic",
        name: str = "lr_psnr",
        dtype: Any = None,
    ) -> None:
        super().__init__(protocol=_stamp(kernel), name=name, dtype=dtype)
        self.scale, self.kernel = scale, kernel

    def measure(self, hr: Tensor, sr: Tensor) -> Tensor:
        """LR-PSNR of each picture."""
        lr = downscale(hr, self.scale, kernel=self.kernel)
        value = _faithfulness(_residual(lr, sr, self.scale, self.kernel))
        return ops.minimum(value, PERFECT)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"scale": self.scale, "kernel": self.kernel}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable("srkit")
class ColorBias(keras.metrics.Metric):
    """The strongest tint over all pictures seen, in levels; see `color_bias`.

    Each channel's bias is averaged over the pictures, and the largest of the channels
    is the result, unsigned: what cancels between pictures is no bias of the network.

    Shape:
        Batches of two ``(N, H, W, C)`` in [-1, 1]; LR is made from HR as in `LRPSNR`.

    Args:
        scale: Factor between LR and HR.
        channels: Channels of the pictures.
        kernel: How LR is made from HR.
        name: Name of the metric, "color_bias".
        dtype: As in Keras.
    """

    def __init__(
        self,
        *,
        scale: int,
        channels: int = 3,
        kernel: str = "bicubic",
        name: str = "color_bias",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.scale, self.channels, self.kernel = scale, channels, kernel
        self.protocol = _stamp(kernel)
        self.total = self.add_variable((channels,), "zeros", name="total")
        self.count = self.add_variable((), "zeros", name="count")

    def update_state(
        self, y_true: Tensor, y_pred: Tensor, sample_weight: Tensor | None = None
    ) -> None:
        """Adds a batch of pictures in [-1, 1]."""
        hr, sr = batch_of("y_true", y_true), batch_of("y_pred", y_pred)
        lr = downscale(hr, self.scale, kernel=self.kernel)
        biases = _bias(_residual(lr, sr, self.scale, self.kernel))
        weights = ops.ones_like(biases[:, 0])
        if sample_weight is not None:
            weights = weights * ops.cast(sample_weight, weights.dtype)
        self.total.assign_add(ops.sum(biases * weights[:, None], axis=0))
        self.count.assign_add(ops.sum(weights))

    def by_channel(self) -> Tensor:
        """Mean bias of each channel so far, signed."""
        return ops.divide_no_nan(self.total, self.count)

    def result(self) -> Tensor:
        """The largest of the channels' biases, unsigned."""
        return ops.max(ops.abs(self.by_channel()))

    def score(self) -> Score:
        """The result so far; printed, it says figure and protocol."""
        figure = float(self.result())
        return Score(figure, quantity="colour bias", protocol=self.protocol)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        own = {"scale": self.scale, "channels": self.channels, "kernel": self.kernel}
        return {**super().get_config(), **own}


def _stamp(made: str) -> str:
    """What LR-PSNR and colour bias are measured on, in one word."""
    return f"RGB|shave0|float|LR={made}"


def _faithfulness(residual: Tensor) -> Tensor:
    return 10.0 * ops.log10(4.0 / ops.mean(ops.square(residual), axis=(1, 2, 3)))


def _bias(residual: Tensor) -> Tensor:
    return 127.5 * ops.mean(residual, axis=(1, 2))


def _residual(lr: Tensor, sr: Tensor, scale: int, kernel: str) -> Tensor:
    """SR, clipped and shrunk, minus LR: batches in [-1, 1]."""
    clipped = ops.clip(ops.cast(sr, "float32"), -1.0, 1.0)
    small = downscale(clipped, scale, kernel=kernel)
    wanted, received = tuple(small.shape), tuple(lr.shape)
    if any(a != b for a, b in zip(wanted, received, strict=True) if None not in (a, b)):
        raise ImageError(
            f"`sr` must be `scale` (={scale}) times as large as `lr`. "
            f"Received: {tuple(sr.shape)} for {tuple(lr.shape)}"
        )
    return small - ops.cast(lr, "float32")
