"""What each feature network is made of, and what its file of weights calls the parts.

A plan names its layers in order. Each layer can be built onto a tensor, and gives its
features before and after the activation; a network is built no further than wanted.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras

from srkit.errors import ArgumentError, WeightsError
from srkit.types import Tensor

from .parts import ReflectionPadding, ToCaffe

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


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A feature network on paper."""

    name: str
    layers: tuple[Layer, ...]
    content_layer: str
    """What `VGG19Content` compares unless told otherwise."""
    distance_layers: tuple[str, ...]
    """What `PerceptualDistance` compares unless told otherwise."""
    file: str
    """What its file of weights is called."""
    sha256: str = ""
    """Of that file; none where any weights of these shapes will do."""
    mixing: str = ""
    """The 1x1 convolution in the file that takes RGB in [0, 1]; none for `ToCaffe`."""
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Other names of its layers."""

    def resolve(self, layers: Iterable[str]) -> tuple[str, ...]:
        """The plan's own names of `layers`.

        Raises:
            ArgumentError: If there is no such layer, or none was named.
        """
        own = [layer.name for layer in self.layers]
        found = tuple(self.aliases.get(name, name) for name in layers)
        for name in found:
            if name not in own:
                known = [*own, *self.aliases]
                raise ArgumentError(
                    f"`layers` of {self.name} are {', '.join(known)}. "
                    f"Received: {name!r}{_nearest(name, known)}"
                )
        if not found or len(set(found)) < len(found):
            raise ArgumentError(
                f"`layers` must name one or more layers, each once. Received: {found}"
            )
        return found

    def build(
        self, x: Tensor, layers: Sequence[str], arrays: Arrays, *, before: bool
    ) -> list[Tensor]:
        """Features of `layers`, in their order; nothing deeper is built.

        Raises:
            WeightsError: If `arrays` are those of another network.
        """
        x = self._enter(x, arrays)
        found: dict[str, Tensor] = {}
        for layer in self._upto(layers):
            linear, x = layer.build(x, arrays)
            found[layer.name] = linear if before else x
        return [found[name] for name in layers]

    def smallest_side(self, layers: Sequence[str]) -> int:
        """Pixels that a picture must have each way to reach the deepest of `layers`."""
        side = 1
        for layer in reversed(self._upto(layers)):
            side = layer.needs(side)
        return side

    def _enter(self, x: Tensor, arrays: Arrays) -> Tensor:
        if not self.mixing:
            return ToCaffe(name="to_caffe")(x)
        x = keras.layers.Rescaling(0.5, offset=0.5, dtype="float32", name="to_unit")(x)
        return convolve(x, arrays, source=self.mixing, filters=3, size=1, name="to_bgr")

    def _upto(self, layers: Sequence[str]) -> tuple[Layer, ...]:
        names = [layer.name for layer in self.layers]
        return self.layers[: 1 + max(names.index(name) for name in layers)]


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


def find_plan(network: str) -> Plan:
    """The plan of a feature network by its name.

    Raises:
        ArgumentError: If there is none.
    """
    if network not in NETWORKS:
        raise ArgumentError(
            f"`network` must be one of {', '.join(NETWORKS)}. "
            f"Received: {network!r}{_nearest(network, NETWORKS)}"
        )
    return NETWORKS[network]


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(str(name), known, n=1)
    return f". Did you mean {near[0]!r}?" if near else ""


def _relu(x: Tensor, name: str) -> Tensor:
    return keras.layers.ReLU(dtype="float32", name=f"{name}_relu")(x)


def _vgg19(
    last: str, *, narrower: int = 1, sources: Sequence[str] = (), padding: str = "same"
) -> tuple[Layer, ...]:
    """VGG19's layers under Keras's names, up to `last`."""
    layers: list[Layer] = []
    names = iter(sources)
    for block, (depth, filters) in enumerate(
        ((2, 64), (2, 128), (4, 256), (4, 512), (4, 512)), start=1
    ):
        for index in range(1, depth + 1):
            name = f"block{block}_conv{index}"
            layers.append(
                Convolution(
                    name=name,
                    filters=filters // narrower,
                    source=next(names) if sources else name,
                    padding=padding,
                )
            )
            if name == last:
                return tuple(layers)
        layers.append(Pool(name=f"block{block}_pool"))
    return tuple(layers)


def _squeezenet11() -> tuple[Layer, ...]:
    def fires(*numbers: int, squeeze: int) -> list[Layer]:
        return [
            Fire(name=f"fire{n}", squeeze=squeeze, expand=4 * squeeze) for n in numbers
        ]

    first = Convolution(
        name="conv1", source="conv1", filters=64, stride=2, padding="valid"
    )
    return (
        first,
        Pool(name="pool1", size=3),
        *fires(2, 3, squeeze=16),
        Pool(name="pool3", size=3),
        *fires(4, 5, squeeze=32),
        Pool(name="pool5", size=3),
        *fires(6, 7, squeeze=48),
        *fires(8, 9, squeeze=64),
    )


_VGG22 = {"vgg22": "block2_conv2"}

NETWORKS: Mapping[str, Plan] = {
    plan.name: plan
    for plan in (
        # Simonyan and Zisserman, ICLR 2015, configuration E, as in Keras. SRGAN calls
        # the j-th convolution before the i-th pooling VGGij.
        Plan(
            name="vgg19",
            layers=_vgg19("block5_pool"),
            content_layer="block5_conv4",
            distance_layers=(
                "block1_conv2",
                "block2_conv2",
                "block3_conv4",
                "block4_conv4",
                "block5_conv4",
            ),
            file="vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
            aliases={**_VGG22, "vgg54": "block5_conv4"},
        ),
        # VGG19 rescaled to mean activations of 1: Gatys et al., CVPR 2016, section 2.
        Plan(
            name="vgg19-relu3_1",
            layers=_vgg19(
                "block3_conv1",
                sources=("2", "5", "9", "12", "16"),
                padding="reflect",
            ),
            content_layer="block3_conv1",
            distance_layers=("block1_conv2", "block2_conv2", "block3_conv1"),
            file="vgg19_normalised_relu3_1.npz",
            sha256="ac4a7d8c649ac60e4e226ec801719bd00f2b8570dcc54fd23509c43ae865c00c",
            mixing="0",
            aliases=_VGG22,
        ),
        # Wang et al., Collaborative Distillation, CVPR 2020: a quarter of the width.
        Plan(
            name="vgg19-distilled-relu5_1",
            layers=_vgg19(
                "block5_conv1",
                narrower=4,
                sources=[
                    f"model.conv{block}{index}"
                    for block, depth in enumerate((2, 2, 4, 4, 1), start=1)
                    for index in range(1, depth + 1)
                ],
                padding="reflect",
            ),
            content_layer="block5_conv1",
            # Where it was taught to resemble VGG19.
            distance_layers=tuple(f"block{block}_conv1" for block in range(1, 6)),
            file="vgg19_distilled16x_relu5_1.npz",
            sha256="ac5792a38f093f76dc3443acd0dc2cf38e88c1078b1b31f136ed6757630193df",
            mixing="model.conv0",
            aliases=_VGG22,
        ),
        # Iandola et al., SqueezeNet, 2016, and its v1.1; the layers are those that
        # Zhang et al., CVPR 2018, compare.
        Plan(
            name="squeezenet11",
            layers=_squeezenet11(),
            content_layer="fire9",
            distance_layers=("conv1", *(f"fire{n}" for n in (3, 5, 6, 7, 8, 9))),
            file="squeezenet11_notop.h5",
            sha256="2d935d8c102ad1232484a77da8e6fbdf3ff4ab608974a0d8b6283115ffff204f",
        ),
    )
}
"""The feature networks by name."""
