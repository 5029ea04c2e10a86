"""Feature networks as Keras models, shared by all that want the same features."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import keras
from keras import ops

from srkit.errors import ImageError
from srkit.layers.weights import read_weights
from srkit.types import Tensor

from . import files
from .catalog import find_plan

if TYPE_CHECKING:
    from .plans import Plan
    from .steps import Arrays

_IN_USE: WeakValueDictionary[tuple[Any, ...], FeatureNetwork] = WeakValueDictionary()
# Keeps them alive from one call of a function to the next.
_RECENT: deque[FeatureNetwork] = deque(maxlen=4)


def feature_network(
    network: str = "vgg19",
    layers: str | Sequence[str] = "block5_conv4",
    *,
    weights: str | Path = "imagenet",
    sha256: str = "",
    before_activation: bool = False,
) -> FeatureNetwork:
    """Builds a feature network, or returns the same one if it is still at hand.

    Args:
        network: One of `NETWORKS`: "vgg19" (Keras's), "vgg19-relu3_1",
            "vgg19-distilled-relu5_1" or "squeezenet11".
        layers: One or more of its layers. Those of VGG19 bear Keras's names in every
            version ("block5_conv4"), and SRGAN's "vgg22" and "vgg54" are understood.
        weights: "imagenet" for those that Keras has of VGG19, or the path of a file.
        sha256: Checksum that the file must have. By default that of the network's own
            file; VGG19's can be any of its shapes.
        before_activation: Give the features before the ReLU of each layer. Pooling
            has none.

    Returns:
        A frozen model.

    Raises:
        ArgumentError: If network or layer is unknown.
        WeightsNotFoundError: If the file is missing or cannot be fetched.
        WeightsError: If it is damaged, or holds the weights of another network.
    """
    plan = find_plan(network)
    names = plan.resolve([layers] if isinstance(layers, str) else layers)
    path = files.locate(plan, weights)
    data, digest = read_weights(path, sha256=sha256 or plan.sha256 or None)
    key = (network, names, before_activation, digest)
    found = _IN_USE.get(key)
    if found is None:
        arrays = files.parse(data, name=str(path))
        found = FeatureNetwork(
            plan,
            names,
            arrays,
            label=_label(plan, data, digest),
            before_activation=before_activation,
        )
        _IN_USE[key] = found
    _RECENT.append(found)
    return found


class FeatureNetwork(keras.Model):
    """Feature maps of pictures, by a frozen network in float32.

    Made by `feature_network`; who wants to keep one keeps its settings.

    Shape:
        ``(N, H, W, 3)`` in [-1, 1] to a list of ``(N, h, w, C)``, one a layer.

    Args:
        plan: What it is made of.
        layers: Layers wanted.
        arrays: Its weights.
        label: Name that figures made with it carry.
        before_activation: Whether its features are those before the ReLU.
    """

    def __init__(
        self,
        plan: Plan,
        layers: Sequence[str],
        arrays: Arrays,
        *,
        label: str,
        before_activation: bool = False,
    ) -> None:
        inputs = keras.Input((None, None, 3), dtype="float32")
        outputs = plan.build(inputs, layers, arrays, before=before_activation)
        super().__init__(inputs=inputs, outputs=outputs, name=label)
        self.trainable = False
        self.smallest_side = plan.smallest_side(layers)

    def call(self, inputs: Tensor, training: Any = None, mask: Any = None) -> Any:
        """The feature maps, in a list also if there is one."""
        del training  # there is nothing that training would change
        return keras.tree.flatten(super().call(inputs, training=False, mask=mask))

    def maps(self, pictures: Tensor) -> list[Tensor]:
        """Feature maps of pictures of any float type, of one channel or three.

        Raises:
            ImageError: If they are no batch of pictures, or too small for the layers.
        """
        shape = tuple(pictures.shape)
        if len(shape) != 4 or shape[-1] not in (1, 3):
            raise ImageError(
                "Features need a batch (N, H, W, C) of 1 or 3 channels. "
                f"Received: shape={shape}"
            )
        if any(side is not None and side < self.smallest_side for side in shape[1:3]):
            raise ImageError(
                f"Features of {self.name} at these layers need pictures of at least "
                f"{self.smallest_side} pixels each way. Received: {shape[1]}x{shape[2]}"
            )
        pictures = ops.cast(pictures, "float32")
        if shape[-1] == 1:
            pictures = ops.repeat(pictures, 3, axis=-1)
        return list(self(pictures))


def _label(plan: Plan, data: bytes, digest: str) -> str:
    """The network's name; with a part of the checksum if the weights are others."""
    if digest == plan.sha256:
        return plan.name
    md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
    own = plan.name == "vgg19" and md5 == files.IMAGENET_MD5
    return plan.name if own else f"{plan.name}-{digest[:8]}"
