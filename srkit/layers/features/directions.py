"""Feature maps compared by the directions of their vectors, whatever the lengths."""

from __future__ import annotations

from keras import ops

from srkit.types import Tensor

_TINY = 1e-10


def directions(features: Tensor) -> Tensor:
    """The channels at every position, divided by their length; zeros stay zeros.

    Shape:
        ``(N, h, w, C)`` to the same.
    """
    squares = ops.sum(ops.square(features), axis=-1, keepdims=True)
    return features * ops.rsqrt(ops.maximum(squares, _TINY))


def turn(one: Tensor, other: Tensor) -> Tensor:
    """Squared distance of directions, averaged over the positions: 0 to 4.

    Shape:
        Two of ``(N, h, w, C)``, results of `directions`, to ``(N,)``.

    Source:
        Zhang et al., The Unreasonable Effectiveness of Deep Features as a Perceptual
        Metric, CVPR 2018, equation 1 with all weights 1.
    """
    return ops.mean(ops.sum(ops.square(one - other), axis=-1), axis=(1, 2))
