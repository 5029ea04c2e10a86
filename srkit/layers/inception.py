"""The Inception networks whose features FID and KID compare.

Both are frozen `keras.Model`s in float32 from pictures in [-1, 1] to one vector a
picture. They were taught on pictures of 299 x 299 pixels and take any size from 75.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from srkit.errors import WeightsError, WeightsNotFoundError
from srkit.types import Tensor

from .weights import read_weights

INCEPTION2015_FILE = "inception2015_to_mixed7_f16.npz"
_SHA256 = "f792ef9ddad58dc6de7e72d996078e063aa60e2c41e5e880835319e165cab328"

_Convolution = tuple[int, Any]
"""Filters, and the size of the kernel: a side, or height and width."""


def inception2015(weights: str | Path) -> keras.Model:
    """The Inception-v3 of December 2015, which FID is defined on, up to its 768 maps.

    Its batch normalisation lies in kernels and biases. The vector is the mean of
    `mixed_7`, the last maps of 17 x 17: those of 2048 are not in the file.

    Shape:
        ``(N, H, W, 3)`` in [-1, 1] to ``(N, 768)``.

    Args:
        weights: Path of an NPZ with ``<name>/kernel`` (HWIO) and ``<name>/bias`` under
            the names of the original graph, float16 or float32.

    Returns:
        A model called "inception-2015"; with a part of the checksum added if the file
        is another than the one this was checked with.

    Raises:
        WeightsNotFoundError: If there is no file.
        WeightsError: If it is damaged, a Git LFS pointer, or of another network.

    Source:
        Szegedy et al., Rethinking the Inception Architecture for Computer Vision, CVPR
        2016, table 1, as in `classify_image_graph_def.pb` of 2015-12-05.
    """
    data, label = _read(Path(weights))
    build = _Builder(_arrays(data, weights))
    inputs = keras.Input((None, None, 3), dtype="float32")
    # Levels 0..255 less 128, by 128.
    x = keras.layers.Rescaling(127.5 / 128, -0.5 / 128, dtype="float32")(inputs)
    x = build(x, "conv", 32, 3, strides=2, padding="valid")
    x = build(x, "conv_1", 32, 3, padding="valid")
    x = build(x, "conv_2", 64, 3)
    x = _shrink(x)
    x = build(x, "conv_3", 80, 1, padding="valid")
    x = build(x, "conv_4", 192, 3, padding="valid")
    x = _shrink(x)
    for name, pooled in (("mixed", 32), ("mixed_1", 64), ("mixed_2", 64)):
        x = _mixed_35(build, x, name, pooled)
    x = _mixed_17_first(build, x)
    for name, filters in zip(
        ("mixed_4", "mixed_5", "mixed_6", "mixed_7"), (128, 160, 160, 192), strict=True
    ):
        x = _mixed_17(build, x, name, filters)
    mean = keras.layers.GlobalAveragePooling2D(dtype="float32", name="mean_mixed_7")
    build.finish(weights)
    return _frozen(keras.Model(inputs, mean(x), name=label))


def inception_v3() -> keras.Model:
    """Keras's InceptionV3 with its ImageNet weights, up to its pooling layer.

    Shape:
        ``(N, H, W, 3)`` in [-1, 1] to ``(N, 2048)``.

    Raises:
        WeightsNotFoundError: If Keras cannot fetch the weights (88 MB, once).
    """
    try:
        network = keras.applications.InceptionV3(
            include_top=False, weights="imagenet", pooling="avg", name="inceptionv3"
        )
    except Exception as error:  # Keras raises no narrower one of a failed download
        raise WeightsNotFoundError(
            f"Cannot fetch InceptionV3's ImageNet weights: {error}. Go online once, or "
            "give another network, by its path"
        ) from error
    return _frozen(network)


class _Builder:
    """Adds convolutions with their ReLU, and their weights from a file."""

    def __init__(self, arrays: dict[str, Any]) -> None:
        self.arrays = arrays
        self.used: set[str] = set()

    def __call__(
        self,
        x: Tensor,
        name: str,
        filters: int,
        size: Any,
        *,
        strides: int = 1,
        padding: str = "same",
    ) -> Tensor:
        layer = keras.layers.Conv2D(
            filters,
            size,
            strides=strides,
            padding=padding,
            activation="relu",
            kernel_initializer="zeros",
            data_format="channels_last",
            dtype="float32",
            name=name,
        )
        channels = x.shape[-1]
        x = layer(x)
        found = [self.arrays.get(f"{name}/{part}") for part in ("kernel", "bias")]
        wanted = [(*layer.kernel_size, channels, filters), (filters,)]
        received = [getattr(array, "shape", None) for array in found]
        if received != wanted:
            raise WeightsError(
                f"The weights must hold {name!r} with a kernel {wanted[0]} and a bias "
                f"{wanted[1]}: they are those of another network. Received: {received}"
            )
        layer.set_weights([np.asarray(array, np.float32) for array in found])
        self.used |= {f"{name}/kernel", f"{name}/bias"}
        return x

    def chain(
        self, x: Tensor, prefix: str, steps: Sequence[_Convolution], **last: Any
    ) -> Tensor:
        """Convolutions in a row: ``<prefix>_conv``, ``<prefix>_conv_1``, ..."""
        for index, (filters, size) in enumerate(steps):
            name = f"{prefix}_conv_{index}" if index else f"{prefix}_conv"
            options = last if index == len(steps) - 1 else {}
            x = self(x, name, filters, size, **options)
        return x

    def finish(self, weights: str | Path) -> None:
        """Refuses weights that no layer took."""
        left = sorted(set(self.arrays) - self.used)
        if left:
            raise WeightsError(
                f"{weights} must hold the Inception of 2015 up to mixed_7 and no more. "
                f"Received: {', '.join(left[:4])} besides"
            )


def _mixed_35(build: _Builder, x: Tensor, name: str, pooled: int) -> Tensor:
    """A block on maps of 35 x 35."""
    return _join(
        name,
        build.chain(x, name, [(64, 1)]),
        build.chain(x, f"{name}_tower", [(48, 1), (64, 5)]),
        build.chain(x, f"{name}_tower_1", [(64, 1), (96, 3), (96, 3)]),
        build.chain(_average(x), f"{name}_tower_2", [(pooled, 1)]),
    )


def _mixed_17_first(build: _Builder, x: Tensor) -> Tensor:
    """The block that shrinks maps of 35 x 35 to 17 x 17."""
    last = {"strides": 2, "padding": "valid"}
    steps = [(64, 1), (96, 3), (96, 3)]
    return _join(
        "mixed_3",
        build.chain(x, "mixed_3", [(384, 3)], **last),
        build.chain(x, "mixed_3_tower", steps, **last),
        _shrink(x),
    )


def _mixed_17(build: _Builder, x: Tensor, name: str, filters: int) -> Tensor:
    """A block on maps of 17 x 17, its kernels of 7 x 7 taken apart."""
    row, column = (1, 7), (7, 1)
    once = [(filters, 1), (filters, row), (192, column)]
    twice = [(filters, 1), (filters, column), (filters, row), (filters, column)]
    return _join(
        name,
        build.chain(x, name, [(192, 1)]),
        build.chain(x, f"{name}_tower", once),
        build.chain(x, f"{name}_tower_1", [*twice, (192, row)]),
        build.chain(_average(x), f"{name}_tower_2", [(192, 1)]),
    )


def _join(name: str, *towers: Tensor) -> Tensor:
    return keras.layers.Concatenate(dtype="float32", name=name)(list(towers))


def _shrink(x: Tensor) -> Tensor:
    return keras.layers.MaxPooling2D(3, strides=2, dtype="float32")(x)


def _average(x: Tensor) -> Tensor:
    # What lies beyond the border does not count, as in TensorFlow.
    return keras.layers.AveragePooling2D(3, 1, padding="same", dtype="float32")(x)


def _frozen(network: keras.Model) -> keras.Model:
    network.trainable = False
    return network


def _read(path: Path) -> tuple[bytes, str]:
    if not path.is_file():
        raise WeightsNotFoundError(
            f"`weights` must be the path of {INCEPTION2015_FILE}. "
            f"Received: {path}, where there is no file"
        )
    data, digest = read_weights(path)
    own = "inception-2015"
    return data, own if digest == _SHA256 else f"{own}-{digest[:8]}"


def _arrays(data: bytes, weights: str | Path) -> dict[str, Any]:
    try:
        with np.load(io.BytesIO(data)) as file:
            return {key: file[key] for key in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise WeightsError(
            f"{weights} must be an NPZ of weights. Received: {error}"
        ) from error
