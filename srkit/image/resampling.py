"""Resizing as MATLAB's `imresize` does it, the yardstick of super-resolution.

One set of weights serves arrays and tensors: training, measuring and upscaling
share it. Half-pixel centres, mirrored borders, antialiased when shrinking, rows
before columns. Integer pictures are rounded (half up) between the two passes, as
MATLAB does for `uint8`; floating-point pictures are not rounded at all.

Source:
    MATLAB R2016a and later, `imresize.m`.
"""

from __future__ import annotations

from math import ceil, inf
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.errors import ArgumentError, ImageError
from srkit.image.kernels import Taps, taps
from srkit.types import Tensor

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STRIPE = 64
"""Rows or columns summed at once: few enough to stay in the processor's cache."""


def resize(
    image: Any,
    size: tuple[int, int] | None = None,
    *,
    scale: float | None = None,
    kernel: str = "bicubic",
    antialias: bool = True,
) -> Any:
    """Resizes pictures to a size in pixels or by a factor.

    Shape:
        ``(H, W)``, ``(H, W, C)`` or ``(N, H, W, C)`` to the same with the new size.

    Args:
        image: NumPy array (uint8 and uint16 rounded as MATLAB does, floats not at
            all) or a tensor of Keras's backend with a static size.
        size: Height and width wanted. Exclusive with `scale`.
        scale: Factor for both axes; sizes are rounded up.
        kernel: One of `srkit.image.KERNELS`.
        antialias: Widen the kernel when shrinking. Without it fine detail aliases.

    Returns:
        The same kind of array or tensor, and the same dtype.

    Raises:
        ArgumentError: If `kernel` is unknown, or neither or both of `size` and
            `scale` are given, or one is out of range.
        ImageError: If `image` has no 2, 3 or 4 axes or no pixels.
    """
    rows = _row_axis(image)
    height, width = int(image.shape[rows]), int(image.shape[rows + 1])
    steps = []
    for length, (out, factor), axis in zip(
        (height, width),
        _target(height, width, size, scale),
        (rows, rows + 1),
        strict=True,
    ):
        if (out, factor) != (length, 1.0):
            plan = taps(length, out, factor, kernel, antialias=antialias)
            steps.append((factor, axis, plan))
    # MATLAB shrinks the axis with the smaller factor first; rows when they are equal.
    for _, axis, plan in sorted(steps, key=lambda step: step[:2]):
        image = _apply(image, plan, axis)
    return image


def downscale(image: Any, scale: int, *, kernel: str = "bicubic") -> Any:
    """Makes the LR picture of an HR one: crops to a multiple of `scale`, shrinks.

    Shape:
        ``(H, W, C)`` or ``(N, H, W, C)`` to ``H // scale``, ``W // scale``.

    Args:
        image: HR picture, as for `resize`; a tensor's size may be known to the run
            alone.
        scale: Whole factor by which LR is smaller than HR.
        kernel: One of `KERNELS`.

    Raises:
        ArgumentError: If `scale` is no whole number from 1, or `kernel` is unknown.
        ImageError: If a side is shorter than `scale`.
    """
    if type(scale) is not int or scale < 1:
        raise ArgumentError(
            f"`scale` must be a whole number from 1. Received: {scale!r}"
        )
    if not isinstance(image, np.ndarray):
        return _downscale_tensor(image, scale, kernel)
    cropped = modcrop(image, scale)
    rows = _row_axis(cropped)
    height, width = cropped.shape[rows : rows + 2]
    return resize(cropped, (height // scale, width // scale), kernel=kernel)


def modcrop(image: Any, scale: int) -> Any:
    """Cuts off the right and lower rest, so that both sides are multiples of `scale`.

    Raises:
        ImageError: If nothing would be left.
    """
    rows = _row_axis(image)
    height, width = image.shape[rows : rows + 2]
    _check_sides(height, width, scale)
    where = (..., slice(height - height % scale), slice(width - width % scale))
    return image[(*where, slice(None))] if image.ndim > 2 else image[where]


def _check_sides(height: int | None, width: int | None, scale: int) -> None:
    if any(side is not None and side < scale for side in (height, width)):
        raise ImageError(
            f"Both sides of `image` must be at least `scale` (={scale}) pixels. "
            f"Received: {width}x{height}"
        )


def _row_axis(image: Any) -> int:
    rank = len(image.shape)
    if rank not in (2, 3, 4) or 0 in tuple(image.shape):
        raise ImageError(
            "`image` must be (H, W), (H, W, C) or (N, H, W, C) with at least one pixel."
            f" Received: shape={tuple(image.shape)}"
        )
    return 1 if rank == 4 else 0


def _target(
    height: int, width: int, size: tuple[int, int] | None, scale: float | None
) -> list[tuple[int, float]]:
    """Length out and factor of both axes."""
    if size is not None and scale is None:
        if len(size) != 2 or any(side != int(side) or side < 1 for side in size):
            raise ArgumentError(
                "`size` must be height and width, whole numbers above 0. "
                f"Received: {size}"
            )
        sides = zip(size, (height, width), strict=True)
        return [(int(wanted), wanted / length) for wanted, length in sides]
    if scale is not None and size is None:
        if not 0 < scale < inf:
            raise ArgumentError(f"`scale` must be above 0. Received: {scale}")
        return [(ceil(side * scale), float(scale)) for side in (height, width)]
    raise ArgumentError(
        "Give either `size` or `scale`. "
        f"Received: {'neither' if size is None else 'both'}"
    )


def _apply(image: Any, plan: Taps, axis: int) -> Any:
    if isinstance(image, np.ndarray):
        return _apply_to_array(image, plan, axis)
    return _apply_to_tensor(image, plan, axis)


def _apply_to_array(image: NDArray[Any], plan: Taps, axis: int) -> NDArray[Any]:
    shape = list(image.shape)
    shape[axis] = len(plan.weights)
    result = np.empty(shape, image.dtype)
    across = 2 * _row_axis(image) + 1 - axis
    for start in range(0, shape[across], _STRIPE):
        stripe = (slice(None),) * across + (slice(start, start + _STRIPE),)
        result[stripe] = _summed(image[stripe], plan, axis)
    return result


def _summed(image: NDArray[Any], plan: Taps, axis: int) -> NDArray[Any]:
    # Summing tap by tap costs far less than the dense product and keeps MATLAB's order.
    whole = np.issubdtype(image.dtype, np.integer)
    work = np.float64 if whole or image.dtype == np.float64 else np.float32
    shape = [1] * image.ndim
    shape[axis] = -1
    total = np.zeros((), dtype=work)
    for tap in range(plan.weights.shape[1]):
        share = plan.weights[:, tap].astype(work).reshape(shape)
        total = total + share * np.take(image, plan.indices[:, tap], axis=axis)
    if whole:
        total = np.clip(np.floor(total + 0.5), 0, np.iinfo(image.dtype).max)
    return total


def _apply_to_tensor(image: Tensor, plan: Taps, axis: int) -> Tensor:
    from keras import ops

    matrix = np.zeros((len(plan.weights), image.shape[axis]), dtype="float32")
    np.add.at(matrix, (np.arange(len(matrix))[:, None], plan.indices), plan.weights)
    letters = "nhwc" if len(image.shape) == 4 else "hwc"[: len(image.shape)]
    result = letters.replace(letters[axis], "o")
    values = ops.cast(image, "float32")
    total = ops.einsum(f"o{letters[axis]},{letters}->{result}", matrix, values)
    return _as_it_was(total, image)


def _downscale_tensor(image: Tensor, scale: int, kernel: str) -> Tensor:
    """By a whole factor every output pixel has the same few weights.

    They are summed as they are: no size need be known, and accelerators may round the
    factors of a matrix product.
    """
    from keras import ops

    rows = _row_axis(image)
    height, width = tuple(image.shape)[rows : rows + 2]
    _check_sides(height, width, scale)
    middle = 16  # so far inside that no mirrored border is met
    plan = taps(2 * middle * scale, 2 * middle, 1 / scale, kernel)
    offsets = (plan.indices[middle] - middle * scale).astype("int32")
    shares = plan.weights[middle].astype("float32")
    total = image
    for axis in (rows, rows + 1):
        length = ops.shape(total)[axis] // scale * scale
        positions = ops.arange(length // scale, dtype="int32")[:, None] * scale
        positions = (positions + offsets) % (2 * length)
        positions = ops.minimum(positions, 2 * length - 1 - positions)
        taken = ops.take(ops.cast(total, "float32"), positions, axis=axis)
        weights = shares.reshape(-1, *(1,) * (len(image.shape) - 1 - axis))
        total = _as_it_was(ops.sum(taken * weights, axis=axis + 1), image)
    return total


def _as_it_was(values: Tensor, image: Tensor) -> Tensor:
    """In the dtype of `image`, rounded half up where that is of whole numbers."""
    import keras
    from keras import ops

    dtype = keras.backend.standardize_dtype(image.dtype)
    if "int" in dtype:
        values = ops.clip(ops.floor(values + 0.5), 0, np.iinfo(dtype).max)
    return ops.cast(values, dtype)
