"""What feature networks are built of, with weights from a file in place.

Each step can be built onto a tensor, and gives its features before and after the
activation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras

from srkit.errors import WeightsError
from srkit.types import Tensor

from .parts import ReflectionPadding

Arrays = Mapping[str, Any]
"""Kernel (HWIO) and bias of each layer, under its name in the file."""


@dataclass(frozen=True, kw_only=True)
class Convolution:
    """A 3x3 convolution and its ReLU."""

    name: str
    filters: int
    source: str
    """Its name in the file."""
    stride: int = 1
    padding: str = "same"
    """"same" (zeros), "reflect" or "valid"."""

    def build(self, x: Tensor, arrays: Arrays) -> tuple[Tensor, Tensor]:
        """The features before and after the ReLU."""
        padding = self.padding
        if padding == "reflect":
            x = ReflectionPadding(dtype="float32", name=f"{self.name}_pad")(x)
            padding = "valid"
        before = convolve(
            x,
            arrays,
            source=self.source,
            filters=self.filters,
            size=3,
            strides=self.stride,
            padding=padding,
            name=self.name,
        )
        return before, _relu(before, self.name)

    def needs(self, side: int) -> int:
        """Smallest side that goes in for one of `side` to come out."""
        if self.padding == "valid":
            return (side - 1) * self.stride + 3
        return max(side, 2) if self.padding == "reflect" else side


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Max pooling with stride 2; what is left over at the border is dropped."""

    name: str
    size: int = 2

    def build(self, x: Tensor, arrays: Arrays) -> tuple[Tensor, Tensor]:
        """The same features twice: there is no activation."""
        del arrays
        x = keras.layers.MaxPooling2D(
            self.size, strides=2, dtype="float32", name=self.name
        )(x)
        return x, x

    def needs(self, side: int) -> int:
        """Smallest side that goes in for one of `side` to come out."""
        return (side - 1) * 2 + self.size


@dataclass(frozen=True, kw_only=True)
class Fire:
    """SqueezeNet's module: squeezed by 1x1, expanded by 1x1 and 3x3 side by side."""

    name: str
    squeeze: int
    expand: int

    def build(self, x: Tensor, arrays: Arrays) -> tuple[Tensor, Tensor]:
        """The two expansions, joined, before and after their ReLU."""

        def part(x: Tensor, kind: str, filters: int, size: int) -> Tensor:
            return convolve(
                x,
                arrays,
                source=f"{self.name}/{kind}",
                filters=filters,
                size=size,
                padding="same",
                name=f"{self.name}_{kind}",
            )

        x = part(x, "squeeze1x1", self.squeeze, 1)
        x = _relu(x, f"{self.name}_squeeze1x1")
        before = keras.layers.Concatenate(dtype="float32", name=self.name)(
            [part(x, f"expand{n}x{n}", self.expand, n) for n in (1, 3)]
        )
        return before, _relu(before, self.name)

    def needs(self, side: int) -> int:
        """Smallest side that goes in for one of `side` to come out."""
        return side


Layer = Convolution | Pool | Fire


def convolve(
    x: Tensor, arrays: Arrays, *, source: str, filters: int, size: int, **options: Any
) -> Tensor:
    """A convolution without activation, its weights those of `source`.

    Raises:
        WeightsError: If there are none of that name, or they are of another shape.
    """
    wanted = (size, size, x.shape[-1], filters)
    kernel, bias = arrays.get(source, (None, None))
    received = getattr(kernel, "shape", None)
    if received != wanted or getattr(bias, "shape", None) != (filters,):
        raise WeightsError(
            f"The weights must hold {source!r} with a kernel {wanted} and a bias "
            f"({filters},): they are those of another network. Received: "
            + (f"kernel {received}" if source in arrays else ", ".join(arrays)[:200])
        )
    convolution = keras.layers.Conv2D(
        filters,
        size,
        kernel_initializer="zeros",
        data_format="channels_last",
        dtype="float32",
        **options,
    )
    x = convolution(x)
    convolution.set_weights([kernel, bias])
    return x


def _relu(x: Tensor, name: str) -> Tensor:
    return keras.layers.ReLU(dtype="float32", name=f"{name}_relu")(x)
