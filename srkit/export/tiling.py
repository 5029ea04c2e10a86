"""The graph of a network over pictures of any size, in exact tiles.

One picture after the other and tile by tile, so that neither a large batch nor a
wide picture needs more memory than a tile does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from srkit.export.memory import bytes_per_pixel, largest_tile
from srkit.image.ranges import from_network, to_network

if TYPE_CHECKING:
    from collections.abc import Callable

    import keras

_MEMORY = 1.0
"""What running the network may hold at once, in GiB."""


def enlarge(
    model: keras.Model, fused: keras.Model, images: Any, *, tile: int | None = None
) -> Any:
    """The graph from uint8 to uint8, NHWC, for pictures of any size and number.

    Args:
        model: The network.
        fused: Its faster equal for pictures of at least 2x2 pixels, or itself.
        images: A tensor of pictures.
        tile: Largest side of a tile's core in LR pixels; by default what takes a GiB.
    """
    import tensorflow as tf

    if fused is model:
        return _in_tiles(model, model, images, tile)
    return tf.cond(
        tf.reduce_min(tf.shape(images)[1:3]) < 2,
        lambda: _in_tiles(model, model, images, tile),
        lambda: _in_tiles(model, fused, images, tile),
    )


def _in_tiles(
    model: keras.Model, network: keras.Model, images: Any, tile: int | None
) -> Any:
    """The graph that runs a network tile by tile, so that large pictures fit.

    Tiles are read with a margin of the network's radius and are exact, as the
    engine's are. A network that does not tell its radius sees all at once.
    """
    import tensorflow as tf

    scale, radius = getattr(model, "scale", None), getattr(model, "radius", None)
    if scale is None or radius is None:
        return from_network(network(to_network(images), training=False))
    if tile is None:
        tile = largest_tile(bytes_per_pixel(network), halo=radius, memory=_MEMORY)
    batch, height, width, channels = tf.unstack(tf.shape(images))

    # Each part has the axis along which it is joined in front.
    def picture(first: Any, last: Any) -> Any:
        rows = _along_rows(height, tile, lambda *side: strip(images[first:last], *side))
        return tf.transpose(rows, (1, 0, 2, 3))

    def strip(image: Any, top: Any, bottom: Any) -> Any:
        first, last = tf.maximum(top - radius, 0), tf.minimum(bottom + radius, height)
        rows = image[:, first:last]
        kept = slice((top - first) * scale, (bottom - first) * scale)
        columns = _along_rows(width, tile, lambda *side: piece(rows, *side)[:, :, kept])
        return tf.transpose(columns, (2, 1, 0, 3))

    def piece(rows: Any, left: Any, right: Any) -> Any:
        first, last = tf.maximum(left - radius, 0), tf.minimum(right + radius, width)
        sr = from_network(network(to_network(rows[:, :, first:last]), training=False))
        kept = slice((left - first) * scale, (right - first) * scale)
        return tf.transpose(sr[:, :, kept], (2, 0, 1, 3))

    whole = _along_rows(batch, 1, picture)
    return tf.reshape(whole, (batch, height * scale, width * scale, channels))


def _along_rows(length: Any, step: int, part: Callable[[Any, Any], Any]) -> Any:
    """The graph that joins what `part` makes of near-equal ranges of `length`."""
    import tensorflow as tf

    count = (length + step - 1) // step

    def add(index: Any, parts: Any) -> tuple[Any, Any]:
        done = part(length * index // count, length * (index + 1) // count)
        return index + 1, parts.write(index, done)

    parts = tf.TensorArray(tf.uint8, size=count, infer_shape=False)
    _, parts = tf.while_loop(
        lambda index, _: index < count, add, (0, parts), parallel_iterations=1
    )
    return parts.concat()
