"""How much a network computes, and how much this machine could."""

from __future__ import annotations

from typing import Any

import keras

from srkit.bench.timing import measure_seconds


def operations_per_pixel(network: keras.Model) -> int:
    """Additions and multiplications for each LR pixel, of the convolutions.

    Every convolution here keeps its size, so a kernel is applied once to each pixel
    that goes in.
    """
    probe = 8
    inputs = network.inputs
    layers = [layer for layer in network.layers if _kernel(layer) is not None]
    maps = keras.Model(inputs, [_given(layer) for layer in layers])
    shapes = maps.compute_output_shape((1, probe, probe, inputs[0].shape[-1]))
    total = 0
    for layer, shape in zip(layers, shapes, strict=True):
        kernel = 1
        for side in _kernel(layer).shape:
            kernel *= side
        total += 2 * kernel * shape[1] * shape[2]
    return total // probe**2


def matmul_peak(
    dtype: str, *, sizes: tuple[int, ...] = (1024, 2048, 4096), repeats: int = 10
) -> float:
    """GFLOP/s of the product of two square matrices, the best that was seen.

    Args:
        dtype: "float32" or "bfloat16".
        sizes: Sides of the matrices that are tried.
        repeats: Products of each size.
    """
    return max(_matmul_speed(dtype, size, repeats) for size in sizes)


def _matmul_speed(dtype: str, size: int, repeats: int) -> float:
    from keras import ops

    rng = keras.random.SeedGenerator(0)
    one, other = (
        ops.cast(keras.random.normal((size, size), seed=rng), dtype) for _ in range(2)
    )

    def multiply() -> Any:
        # A row is fetched, so that a GPU has to be done with it.
        return ops.convert_to_numpy(ops.cast(ops.matmul(one, other)[0], "float32"))

    seconds = measure_seconds(
        {"product": multiply}, repeats=repeats, pause=0.0, summary=min
    )
    return 2 * size**3 / seconds["product"] / 1e9


def _kernel(layer: keras.layers.Layer) -> Any:
    kernel = getattr(layer, "kernel", None)
    return kernel if len(getattr(kernel, "shape", ())) == 4 else None


def _given(layer: keras.layers.Layer) -> Any:
    """What a layer convolves, or the first part of it: all are of one size."""
    given = layer.input
    return given[0] if isinstance(given, list) else given
