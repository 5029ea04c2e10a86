"""How much a network computes, and how much this machine could."""

from __future__ import annotations

from typing import Any

import keras

from srkit.bench.timing import median_seconds


def operations_per_pixel(network: keras.Model) -> int:
    """Additions and multiplications for each LR pixel, of the convolutions.

    Every convolution here keeps its size, so a kernel is applied once to each pixel
    that goes in.
    """
    probe = 8
    inputs = network.inputs
    layers = [layer for layer in network.layers if _kernel(layer) is not None]
    maps = keras.Model(inputs, [layer.input for layer in layers])
    shapes = maps.compute_output_shape((1, probe, probe, inputs[0].shape[-1]))
    total = 0
    for layer, shape in zip(layers, shapes, strict=True):
        kernel = 1
        for side in _kernel(layer).shape:
            kernel *= side
        total += 2 * kernel * shape[1] * shape[2]
    return total // probe**2


def matmul_peak(dtype: str, *, size: int = 2048, repeats: int = 5) -> float:
    """GFLOP/s of a product of two square matrices with the backend of Keras."""
    from keras import ops

    rng = keras.random.SeedGenerator(0)
    one, other = (keras.random.normal((size, size), seed=rng) for _ in range(2))
    one, other = ops.cast(one, dtype), ops.cast(other, dtype)

    def multiply() -> Any:
        return ops.convert_to_numpy(ops.matmul(one, other)[0])

    seconds = median_seconds({"product": multiply}, repeats=repeats, pause=0.0)
    return 2 * size**3 / seconds["product"] / 1e9


def _kernel(layer: keras.layers.Layer) -> Any:
    kernel = getattr(layer, "kernel", None)
    return kernel if len(getattr(kernel, "shape", ())) == 4 else None
