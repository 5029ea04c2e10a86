"""The linear end of a network, computed as one small convolution.

EDSR closes with convolutions and pixel shuffles and no activation between them: a
linear map from LR features to SR pixels, though it is computed on maps 4 to 16 times
as large. The same map is one convolution on the LR features followed by one pixel
shuffle, with a tenth of the work at x4. So is a convolution of repeated pixels, with a
quarter of the work at x2.

Zero padding makes one difference: on maps behind the first convolution, the padding
beyond the picture's edge is zero, while the merged kernel would see through it. Where
only the outermost ring of LR pixels can tell, it is computed by the chain itself;
chains that reach farther are left alone, as are convolutions of any but the plain kind.
"""

from __future__ import annotations

from typing import Any

import keras

from srkit.export.convolutions import is_linear
from srkit.export.merged_tail import MergedTail, enlargement, rim
from srkit.layers import Interpolate


def fuse_closing_layers(model: keras.Model) -> keras.Model:
    """Returns `model` with its linear end merged, or `model` itself if it has none.

    The weights are read now: train first, fuse then.

    Args:
        model: Any network. What can be merged is the end of a functional one in
            convolutions, pixel shuffles and repeated pixels, with or without an
            interpolated picture added to the result.

    Returns:
        A functional model with the same inputs and, up to the order of summation,
        the same outputs.
    """
    if not hasattr(getattr(model, "output", None), "_keras_history"):
        return model  # subclassed, or of several outputs
    last, enlarged = _last_convolution(model)
    chain = _linear_chain(last)
    if not any(enlargement(layer) > 1 for layer in chain):
        return model
    if rim(chain) > 1:  # more than the outermost ring meets the padding
        return model
    parts = _parts(chain[0].input)
    widths = [part.shape[-1] for part in parts]
    # A ring is computed apart, so what is added comes after it.
    within = enlarged if enlarged is not None and not rim(chain) else None
    # The last layer knows how exact the pixels must be.
    tail = MergedTail(
        chain, widths, within, dtype=last.dtype_policy, name="merged_tail"
    )
    if within is not None:
        x = tail(parts, within.input)
    else:
        x = tail(parts)
        if enlarged is not None:
            x = keras.layers.Add(dtype="float32", name="sr")([x, enlarged.output])
    return keras.Model(model.input, x, name=model.name)


def _parts(features: Any) -> list[Any]:
    """What features are concatenated of, or they alone."""
    layer = _producer(features)
    joined = isinstance(layer, keras.layers.Concatenate) and _is_called_once(layer)
    if not joined or layer.axis not in (-1, len(features.shape) - 1):
        return [features]
    return list(layer.input)


def _last_convolution(
    model: keras.Model,
) -> tuple[keras.layers.Layer, keras.layers.Layer | None]:
    """The layer that closes the network, and the interpolated picture added to it."""
    last = _producer(model.output)
    if not (isinstance(last, keras.layers.Add) and _is_called_once(last)):
        return last, None
    branches = [_producer(tensor) for tensor in last.input]
    enlarged = [
        layer
        for layer in branches
        if isinstance(layer, Interpolate) and _is_called_once(layer)
    ]
    others = [layer for layer in branches if layer not in enlarged]
    return (
        (others[0], enlarged[0]) if len(others) == len(enlarged) == 1 else (last, None)
    )


def _linear_chain(last: keras.layers.Layer) -> list[keras.layers.Layer]:
    """Convolutions without activation, and what grows, first to last."""
    chain: list[keras.layers.Layer] = []
    layer = last
    while _is_called_once(layer) and (
        enlargement(layer) > 1 or _is_linear_convolution(layer)
    ):
        chain.insert(0, layer)
        layer = _producer(layer.input)
    return chain


def _is_linear_convolution(layer: keras.layers.Layer) -> bool:
    if not is_linear(layer):
        return False
    height, width = layer.kernel_size
    return (
        layer.use_bias
        and layer.padding == "same"
        and height == width
        and height % 2 == 1
        and set(layer.strides + layer.dilation_rate) == {1}
    )


def _is_called_once(layer: keras.layers.Layer) -> bool:
    """Whether `layer.input` is all that it is ever given."""
    return len(layer._inbound_nodes) == 1


def _producer(tensor: Any) -> keras.layers.Layer:
    return tensor._keras_history.operation
