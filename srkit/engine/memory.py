"""How large a tile may be for a network to stay within a memory budget."""

from __future__ import annotations

from math import isqrt

import keras

from srkit.errors import ArgumentError

_GIB = 2**30
# Measured: features, a branch, its result and the library's working copies are alive
# at once, beside the layer that is being computed.
_LAYERS_ALIVE = 4
_PROBE = 64
"""Side of the pretended picture on which sizes are read off, in LR pixels."""


def bytes_per_pixel(model: keras.Model) -> int:
    """Bytes that running a network holds at its peak, for each LR pixel of a tile.

    An estimate from above: the most that one layer reads and writes, times the
    number of such layers whose results are alive together.
    """
    channels = model.inputs[0].shape[-1]
    computed = (
        la for la in model.layers if not isinstance(la, keras.layers.InputLayer)
    )
    outputs = [layer.output for layer in computed]
    probe = keras.Model(model.inputs, outputs)
    shapes = probe.compute_output_shape((1, _PROBE, _PROBE, channels))
    sizes = [
        _bytes(shape, out.dtype) for shape, out in zip(shapes, outputs, strict=True)
    ]
    return _LAYERS_ALIVE * 2 * max(sizes) // _PROBE**2


def largest_tile(bytes_each: int, *, halo: int, memory: float) -> int:
    """Largest side of a core, in LR pixels, whose tile stays within the budget.

    Args:
        bytes_each: Bytes for each LR pixel of the tile, as `bytes_per_pixel` tells.
        halo: Margin on each side, in LR pixels.
        memory: Budget in GiB.

    Returns:
        At least the halo, though it may break the budget: then margins are eight
        ninths of the tile already, and smaller cores multiply the work to save little.
        The engine tries, and says so if even that does not fit.

    Raises:
        ArgumentError: If `memory` is not positive.
    """
    if memory <= 0:
        raise ArgumentError(f"`memory` must be more than 0 GiB. Received: {memory}")
    return max(1, halo, isqrt(int(memory * _GIB / bytes_each)) - 2 * halo)


def _bytes(shape: tuple[int, ...], dtype: str) -> int:
    count = 1
    for side in shape[1:]:
        count *= side
    return count * (2 if dtype in ("bfloat16", "float16") else 4)
