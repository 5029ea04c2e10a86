"""Content loss: pictures compared by what a trained network sees in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import keras
from keras import ops

from srkit.errors import ArgumentError
from srkit.layers.features import directions, feature_network, find_plan, turn
from srkit.types import Tensor

from .pixel import check_shapes


def _mean(compare: Callable[[Tensor], Tensor], a: Tensor, b: Tensor) -> Tensor:
    return ops.mean(compare(a - b), axis=(1, 2, 3))


_DISTANCES: Mapping[str, Callable[[Tensor, Tensor], Tensor]] = {
    "l1": partial(_mean, ops.abs),
    "l2": partial(_mean, ops.square),
    "direction": lambda a, b: turn(directions(a), directions(b)),
}


@keras.saving.register_keras_serializable("srkit")
class VGG19Content(keras.losses.Loss):
    """Distance between features of VGG19, or of another network that is at hand.

    As it stands it is SRGAN's VGG54: the features of the last convolution after its
    ReLU, divided by 12.75, and their squared differences averaged. The network is
    frozen and runs in float32; two losses that want the same features share one. The
    gradient reaches `y_pred` alone.

    Shape:
        Two of ``(N, H, W, C)`` in [-1, 1], of 1 or 3 channels.

    Args:
        layers: A layer's name, or names and the weight of each. Keras's names
            ("block5_conv4"), or SRGAN's "vgg54" and "vgg22". None for the deepest.
        network: "vgg19", or one of `srkit.layers.features.NETWORKS`.
        weights: "imagenet" for those that Keras has of VGG19, or the path of a file.
        sha256: Checksum of that file, if it is not the network's own.
        before_activation: Compare features before the ReLU, which are denser.
        distance: "l2", the mean of the squared differences, "l1", of the absolute, or
            "direction", what `PerceptualDistance` measures of each layer: it sees
            faint texture as well as edges, since lengths do not count.
        feature_scale: Factor on the features before they are compared: SRGAN's, which
            brings the squares of Caffe's VGG19 near those of pixels. With it bicubic's
            x4 of Set5 costs 0.03 on "vgg19-relu3_1", 0.04 on the distilled VGG19 and
            0.4 on "squeezenet11"; "direction" does not depend on it.
        name: Name of the loss.
        reduction: As in Keras.
        dtype: As in Keras; the loss is computed in float32 all the same.

    Raises:
        ArgumentError: If a layer, the network or the distance is unknown.
        WeightsNotFoundError: If the weights are missing or cannot be fetched.
        WeightsError: If they are damaged, or those of another network.

    Example:
        >>> VGG19Content()  # SRGAN
        >>> VGG19Content("vgg22")
        >>> VGG19Content(before_activation=True, distance="l1", feature_scale=1.0)
        >>> VGG19Content(
        ...     {"block1_conv2": 0.1, "block2_conv2": 0.1, "block3_conv4": 1.0},
        ...     before_activation=True,
        ... )
        >>> VGG19Content(network="vgg19-relu3_1", weights="vgg19_relu3_1.npz")

    Source:
        Ledig et al., Photo-Realistic Single Image Super-Resolution Using a Generative
        Adversarial Network (SRGAN), CVPR 2017, equation 5. Before the activation in
        Wang et al., ESRGAN, ECCV Workshops 2018, section 3.3 (their scales are
        torchvision's, so their weights do not carry over). PyTorch's ``features[34]``
        is "block5_conv4" with `before_activation`; half the sum of squares is the mean
        times half the number of features.
    """

    def __init__(
        self,
        layers: str | Mapping[str, float] | None = None,
        *,
        network: str = "vgg19",
        weights: str | Path = "imagenet",
        sha256: str = "",
        before_activation: bool = False,
        distance: str = "l2",
        feature_scale: float = 1 / 12.75,
        name: str | None = "vgg19_content",
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        plan = find_plan(network)
        if distance not in _DISTANCES:
            raise ArgumentError(
                f"`distance` must be one of {', '.join(_DISTANCES)}. "
                f"Received: {distance!r}"
            )
        if layers is None:
            layers = plan.content_layer
        if isinstance(layers, str):
            layers = {layers: 1.0}
        self.layers = {layer: float(weight) for layer, weight in layers.items()}
        self.network = network
        self.weights = str(weights)
        self.sha256 = sha256
        self.before_activation = before_activation
        self.distance = distance
        self.feature_scale = float(feature_scale)
        self.features = feature_network(
            network,
            tuple(self.layers),
            weights=weights,
            sha256=sha256,
            before_activation=before_activation,
        )

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """One value an image."""
        check_shapes(y_true, y_pred)
        wanted = map(ops.stop_gradient, self.features.maps(y_true))
        received = self.features.maps(y_pred)
        compare = _DISTANCES[self.distance]
        return sum(
            weight * compare(self.feature_scale * a, self.feature_scale * b)
            for weight, a, b in zip(self.layers.values(), wanted, received, strict=True)
        )

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "layers": self.layers,
            "network": self.network,
            "weights": self.weights,
            "sha256": self.sha256,
            "before_activation": self.before_activation,
            "distance": self.distance,
            "feature_scale": self.feature_scale,
        }
