"""PSNR and SSIM, as the tables of the field report them.

Both compare pictures after rounding to the 256 levels of a file, on Y of BT.601 in
studio swing, without a border. Arrays and tensors share the formulas: NumPy computes
in float64, Keras's backend in float32.

The functions take pictures as they are at srkit's doors (uint8, uint16, or float in
[0, 1]), the metrics batches of networks (float in [-1, 1]). With one channel a picture
is compared as it is: a gray file is its own luma.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.lib.stride_tricks import sliding_window_view

from srkit.types import Tensor

from .planes import planes
from .protocol import UNSTATED, Protocol, Score
from .running import PERFECT, PictureMean

_WINDOW = 11
_SIGMA = 1.5


def psnr(
    hr: Any, sr: Any, *, shave: int, channel: str = "y", kernel: str = UNSTATED
) -> Any:
    """Peak signal-to-noise ratio in decibels; infinite where nothing differs.

    Shape:
        Two of ``(H, W, C)`` to a `Score`, or of ``(N, H, W, C)`` to ``(N,)``.

    Args:
        hr: Reference: an array or tensor of 1 or 3 channels, uint8, uint16, or float
            in [0, 1].
        sr: Result, alike; floats that leave [0, 1] are clipped.
        shave: Pixels left out at each border; papers use the scale.
        channel: "y", "y_full" or "rgb".
        kernel: How the LR picture was made, for the protocol of the `Score`.

    Returns:
        One value a picture; a tensor where a tensor came in.

    Raises:
        ImageError: If the pictures differ in shape, hold NaN or a wrong range, or
            nothing is left of them without the border.
    """
    protocol = Protocol(shave=shave, channel=channel, kernel=kernel)
    pictures = planes(hr, sr, protocol, smallest=1, black=0.0)
    return _score("PSNR", _psnr(*pictures), protocol)


def ssim(
    hr: Any, sr: Any, *, shave: int, channel: str = "y", kernel: str = UNSTATED
) -> Any:
    """Structural similarity, 1 where nothing differs; the mean over the channels.

    Gaussian window of 11 pixels (sigma 1.5) wherever it lies wholly inside.

    Shape:
        Two of ``(H, W, C)`` to a `Score`, or of ``(N, H, W, C)`` to ``(N,)``.

    Args:
        hr: As for `psnr`.
        sr: As for `psnr`.
        shave: As for `psnr`.
        channel: As for `psnr`.
        kernel: As for `psnr`.

    Returns:
        One value a picture; a tensor where a tensor came in.

    Raises:
        ImageError: As for `psnr`, or if the window does not fit.

    Source:
        Wang et al., Image Quality Assessment: From Error Visibility to Structural
        Similarity, IEEE TIP 2004, and its `ssim_index.m` (K 0.01, 0.03; L 255).
    """
    protocol = Protocol(shave=shave, channel=channel, kernel=kernel)
    pictures = planes(hr, sr, protocol, smallest=_WINDOW, black=0.0)
    return _score("SSIM", _ssim(*pictures), protocol)


class _Fidelity(PictureMean):
    """Mean over pictures of a comparison on one channel, without a border."""

    protocol: Protocol

    def __init__(
        self,
        *,
        shave: int,
        channel: str = "y",
        kernel: str = UNSTATED,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        protocol = Protocol(shave=shave, channel=channel, kernel=kernel)
        super().__init__(protocol=protocol, name=name, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "shave": self.protocol.shave,
            "channel": self.protocol.channel,
            "kernel": self.protocol.kernel,
        }


@keras.saving.register_keras_serializable("srkit")
class PSNR(_Fidelity):
    """Mean PSNR in decibels over the pictures seen; see `psnr`.

    A crop without any error (of a plain sky, say) counts as 100 dB, since one infinite
    value would hide all others.

    Shape:
        Batches of two ``(N, H, W, C)`` in [-1, 1].

    Args:
        shave: Pixels left out at each border; papers use the scale.
        channel: "y", "y_full" or "rgb".
        kernel: How the LR pictures were made, for the protocol.
        name: Name of the metric, "psnr".
        dtype: As in Keras.

    Example:
        >>> model.compile(loss="mae", metrics=[srkit.metrics.PSNR(shave=4)])
    """

    quantity = "PSNR"

    def measure(self, hr: Tensor, sr: Tensor) -> Tensor:
        """PSNR of each picture."""
        value = _psnr(*planes(hr, sr, self.protocol, smallest=1, black=-1.0))
        return ops.where(ops.isinf(value), PERFECT, value)


@keras.saving.register_keras_serializable("srkit")
class SSIM(_Fidelity):
    """Mean SSIM over the pictures seen; see `ssim`.

    Shape:
        Batches of two ``(N, H, W, C)`` in [-1, 1].

    Args:
        shave: Pixels left out at each border; papers use the scale.
        channel: "y", "y_full" or "rgb".
        kernel: How the LR pictures were made, for the protocol.
        name: Name of the metric, "ssim".
        dtype: As in Keras.
    """

    quantity = "SSIM"

    def measure(self, hr: Tensor, sr: Tensor) -> Tensor:
        """SSIM of each picture."""
        return _ssim(*planes(hr, sr, self.protocol, smallest=_WINDOW, black=-1.0))


def _score(quantity: str, value: Any, protocol: Protocol) -> Any:
    if isinstance(value, np.floating):
        return Score(float(value), quantity=quantity, protocol=protocol)
    return value


def _psnr(x: Any, y: Any) -> Any:
    xp = _namespace(x)
    error = xp.mean(xp.square(x - y), axis=(-3, -2, -1))
    with np.errstate(divide="ignore"):
        return 10.0 * xp.log10(255.0**2 / error)


def _ssim(x: Any, y: Any) -> Any:
    xp = _namespace(x)
    # Around the middle of the range the squares are small enough for float32.
    x, y = (xp.moveaxis(image, -1, -3) - 128.0 for image in (x, y))
    blurred = _blur(xp.stack([x, y, x * x, y * y, x * y]))
    mean_x, mean_y, square_x, square_y, product = (blurred[i] for i in range(5))
    spread = (square_x - mean_x * mean_x) + (square_y - mean_y * mean_y)
    covariance = product - mean_x * mean_y
    mean_x, mean_y = mean_x + 128.0, mean_y + 128.0
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    luminance = (2.0 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    structure = (2.0 * covariance + c2) / (spread + c2)
    return xp.mean(luminance * structure, axis=(-3, -2, -1))


def _blur(planes: Any) -> Any:
    """Gaussian window over the last two axes, where it fits."""
    window = np.exp(-0.5 * ((np.arange(_WINDOW) - _WINDOW // 2) / _SIGMA) ** 2)
    window /= window.sum()
    if isinstance(planes, np.ndarray):
        for axis in (-2, -1):
            planes = sliding_window_view(planes, _WINDOW, axis=axis) @ window
        return planes
    # Sums of slices, since accelerators may round the factors of a convolution.
    shares = [float(share) for share in window]
    places = [slice(i, i + 1 - _WINDOW or None) for i in range(_WINDOW)]
    pairs = list(zip(shares, places, strict=True))
    rows = sum(share * planes[..., place, :] for share, place in pairs)
    return sum(share * rows[..., place] for share, place in pairs)


def _namespace(image: Any) -> Any:
    # keras.ops bears NumPy's names, so that one formula serves both.
    return np if isinstance(image, np.ndarray) else ops
