"""PSNR and SSIM, as the tables of the field report them.

Both compare pictures after rounding to the 256 levels of a file, on Y of BT.601 in
studio swing, without a border. Arrays and tensors share the formulas: NumPy computes
in float64, Keras's backend in float32.

A picture is uint8 or uint16, or float in [-1, 1] as networks have it. With one
channel it is compared as it is: a gray file is its own luma.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np
from keras import ops
from numpy.lib.stride_tricks import sliding_window_view

from srkit.errors import ImageError
from srkit.image.color import luma, to_gray
from srkit.image.ranges import from_network, to_network
from srkit.types import Tensor

from .protocol import UNSTATED, Protocol, Score
from .running import PictureMean

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WINDOW = 11
_SIGMA = 1.5


def psnr(
    hr: Any, sr: Any, *, shave: int, channel: str = "y", kernel: str = UNSTATED
) -> Any:
    """Peak signal-to-noise ratio in decibels; infinite where nothing differs.

    Shape:
        Two of ``(H, W, C)`` to a `Score`, or of ``(N, H, W, C)`` to ``(N,)``.

    Args:
        hr: Reference: an array or tensor of 1 or 3 channels.
        sr: Result, alike; floats that leave [-1, 1] are clipped.
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
    return _score("PSNR", _psnr(*_planes(hr, sr, protocol, smallest=1)), protocol)


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
    return _score("SSIM", _ssim(*_planes(hr, sr, protocol, smallest=_WINDOW)), protocol)


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
        return _psnr(*_planes(hr, sr, self.protocol, smallest=1))


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
        return _ssim(*_planes(hr, sr, self.protocol, smallest=_WINDOW))


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


def _planes(hr: Any, sr: Any, protocol: Protocol, *, smallest: int) -> tuple[Any, Any]:
    """What is compared of both pictures, on the scale 0..255."""
    _check_shapes(hr, sr, protocol.shave, smallest)
    arrays = isinstance(hr, np.ndarray) and isinstance(sr, np.ndarray)
    inside = slice(protocol.shave, -protocol.shave or None)
    x, y = (
        _channel(
            array_levels(name, image) if arrays else _tensor_levels(image),
            protocol.channel,
        )[..., inside, inside, :]
        for name, image in (("hr", hr), ("sr", sr))
    )
    return x, y


def _channel(levels: Any, channel: str) -> Any:
    if levels.shape[-1] == 1 or channel == "rgb":
        return levels
    if channel == "y":
        return luma(levels)
    return to_gray(levels)


def array_levels(name: str, image: NDArray[Any]) -> NDArray[np.float64]:
    """The 256 levels that a file would hold, as float64."""
    if image.dtype == np.uint8:
        return image.astype(np.float64)
    if not np.issubdtype(image.dtype, np.floating):
        return from_network(to_network(image)).astype(np.float64)
    low, high = float(image.min()), float(image.max())
    # A network may overshoot the range; levels of 0..255 are a mistake.
    limit = 1.0 if name == "hr" else 4.0
    if not -limit <= low <= high <= limit:
        raise ImageError(
            f"`{name}` must be uint8, or float in [-1, 1] without NaN. "
            f"Received: {image.dtype} from {low} to {high}"
        )
    return from_network(image).astype(np.float64)


def _tensor_levels(image: Any) -> Tensor:
    """The same levels as float32; NaN stays NaN, which a cast would hide."""
    image = ops.convert_to_tensor(image)
    dtype = keras.backend.standardize_dtype(image.dtype)
    if dtype == "uint8":
        return ops.cast(image, "float32")
    if "float" not in dtype:
        image = to_network(image)
    clipped = ops.clip(ops.cast(image, "float32"), -1.0, 1.0)
    return ops.floor(clipped * 127.5 + 128.0)


def _check_shapes(hr: Any, sr: Any, shave: int, smallest: int) -> None:
    wanted, received = (tuple(getattr(image, "shape", ())) for image in (hr, sr))
    if len(wanted) not in (3, 4) or wanted[-1] not in (1, 3):
        raise ImageError(
            "`hr` must be an array or tensor (H, W, C) or (N, H, W, C) of 1 or 3 "
            f"channels. Received: {type(hr).__name__}, shape={wanted}"
        )
    if len(wanted) != len(received) or any(
        a != b for a, b in zip(wanted, received, strict=True) if None not in (a, b)
    ):
        raise ImageError(
            f"`sr` must have the shape of `hr`, {wanted}. Received: {received}"
        )
    least = 2 * shave + smallest
    if any(side is not None and side < least for side in wanted[-3:-1]):
        raise ImageError(
            f"Both sides must be at least {least} pixels (`shave` (={shave}) twice and "
            f"{smallest}). Received: {wanted[-3]}x{wanted[-2]}"
        )


def _namespace(image: Any) -> Any:
    # keras.ops bears NumPy's names, so that one formula serves both.
    return np if isinstance(image, np.ndarray) else ops
