"""A feature network on paper: its layers in order, and what its file is called.

A network is built no further than the deepest layer that is wanted.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import keras

from srkit.errors import ArgumentError
from srkit.types import Tensor

from .parts import ToCaffe
from .steps import Arrays, Layer, convolve


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
                    f"Received: {name!r}{nearest(name, known)}"
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


def nearest(name: str, known: Iterable[str]) -> str:
    """The hint at the known name that was probably meant, or nothing."""
    near = difflib.get_close_matches(str(name), known, n=1)
    return f". Did you mean {near[0]!r}?" if near else ""
