"""The kinds of pictures that `Upscaler` takes, and how each is put together again.

Every kind is taken apart into arrays ``(H, W, C)`` of uint8, uint16 or float32 in
[0, 1], where C is 1 (gray), 2 (gray, alpha), 3 (RGB) or 4 (RGBA), and a function that
makes the same kind of the enlarged arrays.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from srkit.errors import ArgumentError, ImageError
from srkit.image import Label, with_label
from srkit.image.files import Picture, read_picture
from srkit.inference import pil
from srkit.types import AnyImage

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Packages whose tensors are taken, and what makes a tensor of an array in each.
_TENSORS = {
    "tensorflow": "convert_to_tensor",
    "jax": "numpy.asarray",
    "jaxlib": "numpy.asarray",
}
# Floats that are so little outside [0, 1] come from arithmetic, not from a mistake.
_SLACK = 1e-3


class Parts(NamedTuple):
    """A source taken apart."""

    pictures: list[AnyImage]
    put_together: Callable[[list[Any]], Any]


def take_apart(source: Any) -> Parts:
    """Takes a picture of any kind apart.

    Args:
        source: A path, `Picture`, PIL image, array or tensor.

    Raises:
        ArgumentError: If `source` is none of these.
        ImageError: If an array has the wrong rank, dtype, channels or values.
        UnreadableImageError: If a file holds no readable picture.
    """
    if isinstance(source, str | os.PathLike):
        source = read_picture(source)
    if isinstance(source, Picture):
        return Parts([source.pixels], lambda out: replace(source, pixels=out[0]))
    if isinstance(source, np.ndarray):
        return _array_apart(source)
    package = type(source).__module__.partition(".")[0]
    if package == "torch":
        return _torch_apart(source)
    if package in _TENSORS:
        return _tensor_apart(source, package)
    if package == "PIL" or pil.is_image(source):
        pixels, put_together = pil.take_apart(source)
        return Parts([pixels], lambda out: put_together(out[0]))
    raise ArgumentError(
        "`source` must be a path, a Picture, a PIL image, a NumPy array or a tensor. "
        f"Received: {type(source).__name__}"
    )


def labelled(made: Any, label: Label) -> Any:
    """Puts a label into the XMP of a `Picture` or PIL image; arrays have no place."""
    if isinstance(made, Picture):
        xmp = with_label(made.metadata.xmp, label)
        return replace(made, metadata=replace(made.metadata, xmp=xmp))
    if pil.is_image(made):
        made.info["xmp"] = with_label(made.info.get("xmp"), label)
    return made


def _array_apart(array: NDArray[Any]) -> Parts:
    pixels = _checked(array)
    batch = pixels.reshape(_as_batch(pixels.shape))

    def put_together(pictures: list[Any]) -> NDArray[Any]:
        out = np.stack(pictures).astype(array.dtype, copy=False)
        return out.reshape(
            out.shape if array.ndim == 4 else out.shape[1 : 1 + array.ndim]
        )

    return Parts(list(batch), put_together)


def _tensor_apart(tensor: Any, package: str) -> Parts:
    pictures, put_together = _array_apart(np.asarray(tensor))
    make: Any = sys.modules["jax" if package == "jaxlib" else package]
    for name in _TENSORS[package].split("."):
        make = getattr(make, name)
    return Parts(pictures, lambda out: make(put_together(out)))


def _torch_apart(tensor: Any) -> Parts:
    """PyTorch's tensors may lie on a GPU, and come back to it without a gradient."""
    pictures, put_together = _array_apart(tensor.detach().cpu().numpy())
    make = sys.modules["torch"].from_numpy
    return Parts(pictures, lambda out: make(put_together(out)).to(tensor.device))


def _checked(array: NDArray[Any]) -> AnyImage:
    """The array as uint8, uint16 or float32, if it is a picture or a batch of them."""
    if array.ndim not in (2, 3, 4) or 0 in array.shape:
        raise ImageError(
            "`source` must be (H, W), (H, W, C) or (N, H, W, C) with at least one "
            f"pixel. Received: shape={array.shape}"
        )
    if array.ndim > 2 and array.shape[-1] not in (1, 2, 3, 4):
        raise ImageError(
            "The last axis of `source` must hold 1 to 4 channels (gray, gray and "
            f"alpha, RGB, RGBA). Received: shape={array.shape}"
        )
    if array.dtype in (np.uint8, np.uint16):
        return array
    if not np.issubdtype(array.dtype, np.floating):
        raise ImageError(
            "`source` must be uint8, uint16 or float in [0, 1]. "
            f"Received: dtype={array.dtype}. Cast it first."
        )
    lowest, highest = float(array.min()), float(array.max())
    if not (lowest >= -_SLACK and highest <= 1 + _SLACK):  # not so for NaN either
        raise ImageError(
            "Floats in `source` must lie in [0, 1], without NaN. Received: "
            f"{lowest:.4g} to {highest:.4g}. Scale them, or cast them to uint8."
        )
    return np.clip(array.astype(np.float32, copy=False), 0, 1)


def _as_batch(shape: tuple[int, ...]) -> tuple[int, ...]:
    return {2: (1, *shape, 1), 3: (1, *shape), 4: shape}[len(shape)]
