"""Which convolutions are only that, so that others may be computed in their place."""

from __future__ import annotations

import keras


def is_linear(layer: keras.layers.Layer) -> bool:
    """Whether a layer is a plain convolution without activation, and nothing else."""
    return (
        type(layer) is keras.layers.Conv2D  # a subclass may compute otherwise
        and layer.activation is keras.activations.linear
        and layer.data_format == "channels_last"
        and layer.groups == 1
        and not getattr(layer, "lora_enabled", False)
    )
