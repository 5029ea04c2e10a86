"""Perceptual distance: how unlike two pictures look to a trained network.

It is not LPIPS, which weighs channels by what people were asked, and its figures are
of one network only: whoever compares them names it, and so does every `Score` here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
from keras import ops

from srkit.layers.features import (
    FeatureNetwork,
    directions,
    feature_network,
    find_plan,
    turn,
)
from srkit.types import Tensor

from .figures import figures
from .files import find_weights
from .planes import planes
from .protocol import UNSTATED, Protocol
from .running import PictureMean


def perceptual_distance(
    hr: Any,
    sr: Any,
    *,
    network: str,
    shave: int,
    weights: str | Path | None = None,
    layers: Sequence[str] | None = None,
    sha256: str = "",
    kernel: str = UNSTATED,
) -> Any:
    """Squared distance of directions of features, 0 where nothing differs, 2 at most.

    At every position of a layer's map, after its ReLU, the channels are a vector. Both
    vectors are divided by their lengths (one of zeros stays so), and their squared
    distance is taken: ``|a/|a| - b/|b||^2``, the sum over the channels. It is averaged
    over the positions, then over the layers, all alike. The pictures are rounded to
    256 levels first, and compared in RGB; one channel is repeated.

    Shape:
        Two of ``(H, W, C)`` to a `Score`, or of ``(N, H, W, C)`` to ``(N,)``.

    Args:
        hr: Reference: an array or tensor of 1 or 3 channels, as for `psnr`.
        sr: Result, alike.
        network: One of `srkit.layers.features.NETWORKS`; train on another one.
        shave: Pixels left out at each border.
        weights: Path of the network's file; None for that of its name in ``weights``
            below `SRKIT_DATASETS` or ./datasets, and for those Keras has of "vgg19".
        layers: Layers compared; None for the network's own, its `distance_layers`.
        sha256: Checksum of the weights, if they are not the network's own. Their
            figures are marked with its first digits.
        kernel: How the LR picture was made, for the protocol of the `Score`.

    Returns:
        One value a picture; a tensor where a tensor came in.

    Raises:
        ImageError: As for `psnr`, or if the pictures are too small for the network.
        ArgumentError: If network or layer is unknown.
        WeightsNotFoundError: If the weights are missing or cannot be fetched.
        WeightsError: If they are damaged, or those of another network.

    Source:
        Zhang et al., The Unreasonable Effectiveness of Deep Features as a Perceptual
        Metric, CVPR 2018, equation 1 with all weights 1.
    """
    measure = PerceptualDistance(
        network=network,
        shave=shave,
        weights=weights,
        layers=layers,
        sha256=sha256,
        kernel=kernel,
    )
    single = len(getattr(hr, "shape", ())) == 3
    pair = (hr[None], sr[None]) if single else (hr, sr)
    values = measure.distance(*pair, black=0.0)
    return figures(values, hr, quantity=measure.quantity, protocol=measure.protocol)


@keras.saving.register_keras_serializable("srkit")
class PerceptualDistance(PictureMean):
    """Mean perceptual distance over the pictures seen; see `perceptual_distance`.

    Shape:
        Batches of two ``(N, H, W, C)`` in [-1, 1].

    Args:
        network: As for `perceptual_distance`.
        shave: As for `perceptual_distance`.
        weights: As for `perceptual_distance`.
        layers: As for `perceptual_distance`.
        sha256: As for `perceptual_distance`.
        kernel: How the LR pictures were made, for the protocol.
        name: Name of the metric, "PerceptualDistance[squeezenet11]" for instance.
        dtype: As in Keras; features are float32 all the same.

    Raises:
        ArgumentError: As `perceptual_distance` does.
        WeightsNotFoundError: As `perceptual_distance` does.
        WeightsError: As `perceptual_distance` does.
    """

    protocol: Protocol

    def __init__(
        self,
        *,
        network: str,
        shave: int,
        weights: str | Path | None = None,
        layers: Sequence[str] | None = None,
        sha256: str = "",
        kernel: str = UNSTATED,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        plan = find_plan(network)
        names = plan.resolve(plan.distance_layers if layers is None else layers)
        features = feature_network(
            network, names, weights=_located(network, weights), sha256=sha256
        )
        quantity = _quantity(features, names, plan.distance_layers)
        protocol = Protocol(shave=shave, channel="rgb", kernel=kernel)
        super().__init__(protocol=protocol, name=name or quantity, dtype=dtype)
        self.quantity, self.features = quantity, features
        self.network, self.layers, self.sha256 = network, list(names), sha256
        self.weights = None if weights is None else str(weights)

    def measure(self, hr: Tensor, sr: Tensor) -> Tensor:
        """Perceptual distance of each picture."""
        return self.distance(hr, sr, black=-1.0)

    def distance(self, hr: Any, sr: Any, *, black: float) -> Tensor:
        """The same for pictures whose black is -1, or 0 as at srkit's doors."""
        return apart(*map(self.look, self.planes(hr, sr, black=black)))

    def planes(self, hr: Any, sr: Any, *, black: float) -> tuple[Any, Any]:
        """What is compared of a batch of pictures and of results, as levels."""
        smallest = self.features.smallest_side
        return planes(hr, sr, self.protocol, smallest=smallest, black=black)

    def look(self, levels: Any) -> list[Tensor]:
        """Directions of the features that the network sees, a map for each layer."""
        pictures = ops.cast(levels, "float32") / 127.5 - 1.0
        return [directions(features) for features in self.features.maps(pictures)]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "network": self.network,
            "shave": self.protocol.shave,
            "weights": self.weights,
            "layers": self.layers,
            "sha256": self.sha256,
            "kernel": self.protocol.kernel,
        }


def apart(one: Sequence[Tensor], other: Sequence[Tensor]) -> Tensor:
    """Squared distance of directions, averaged over positions and layers."""
    return sum(map(turn, one, other)) / len(one)


def _located(network: str, weights: str | Path | None) -> str | Path:
    if weights is not None:
        return weights
    if network == "vgg19":
        return "imagenet"
    file = find_plan(network).file
    return find_weights(file, None, source=f"the weights of {network}")


def _quantity(
    features: FeatureNetwork, layers: Sequence[str], usual: Sequence[str]
) -> str:
    """What a score is called: the network, and its layers if they are not its own."""
    chosen = "" if tuple(layers) == tuple(usual) else f":{','.join(layers)}"
    return f"PerceptualDistance[{features.name}{chosen}]"
