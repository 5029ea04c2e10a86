"""Concatenated ReLU without the concatenation.

The ReLU of a convolution and of its negative are one convolution with its kernels and
their negatives, and a ReLU, which every runtime computes in one go. Processors take as
long for eight channels as for sixteen, so the second half is for nothing.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from srkit.export.convolutions import is_linear
from srkit.layers import ConcatenatedReLU


def merge_signs(model: keras.Model) -> keras.Model:
    """Returns a copy of `model` with its concatenated ReLUs merged, or `model` itself.

    The weights are read now: train first, merge then.

    Args:
        model: Any network. What can be merged is a convolution without activation that
            a `ConcatenatedReLU` follows, in a functional one.

    Returns:
        A functional model with the same outputs, up to the order of summation.
    """
    signed = {
        layer.input._keras_history.operation: layer
        for layer in getattr(model, "layers", ())
        if isinstance(layer, ConcatenatedReLU) and _follows_convolution(layer, model)
    }
    if not signed:
        return model

    def rebuilt(layer: keras.layers.Layer) -> keras.layers.Layer:
        config = layer.get_config()
        if layer in signed:
            doubled = {"filters": 2 * layer.filters, "activation": "relu"}
            return keras.layers.Conv2D.from_config({**config, **doubled})
        if layer in signed.values():
            return keras.layers.Identity(dtype=layer.dtype_policy, name=layer.name)
        return type(layer).from_config(config)

    merged = keras.models.clone_model(model, clone_function=rebuilt)
    for layer in model.layers:
        weights = layer.get_weights()
        if layer in signed:
            weights = [_both_signs(weight) for weight in weights]
        if weights:
            merged.get_layer(layer.name).set_weights(weights)
    return merged


def _follows_convolution(layer: keras.layers.Layer, model: keras.Model) -> bool:
    """Whether only this layer sees a convolution, which has no activation."""
    if len(layer._inbound_nodes) != 1:
        return False
    before = layer.input._keras_history.operation
    return (
        is_linear(before)
        and all(before.output is not output for output in model.outputs)
        and len(before._inbound_nodes) == len(before._outbound_nodes) == 1
    )


def _both_signs(weight: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.concatenate([weight, -weight], axis=-1)
