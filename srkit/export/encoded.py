"""The graph from the bytes of picture files to the bytes of larger ones.

What `srkit.image` does for files is done here with TensorFlow alone, as far as viewers
need it: the picture is turned upright as its EXIF asks, and transparency is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from srkit.export.tiling import enlarge
from srkit.image import with_label
from srkit.image.color import rgb_to_ycbcr, to_gray, ycbcr_to_rgb
from srkit.image.lossless import xmp_chunk
from srkit.image.ranges import from_network, to_network

if TYPE_CHECKING:
    import keras

_Bytes = tuple[int | None, ...]

_HEAD = 2**16
"""Bytes in which EXIF is looked for: more than one segment of a JPEG can hold."""
_HEADER = 33
"""Bytes of a PNG's signature and first chunk, behind which others may stand."""
# What EXIF begins with; None is any byte. Its length is among those.
_IN_JPEG: _Bytes = (0xFF, 0xE1, None, None, *b"Exif\0\0")
_IN_PNG: _Bytes = (None, None, None, None, *b"eXIf")
# Tag 0x0112, one short, in both byte orders, and where its value stands.
_LITTLE: _Bytes = (0x12, 0x01, 3, 0, 1, 0, 0, 0, None, 0)
_BIG: _Bytes = (0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, None)


def enlarge_encoded(model: keras.Model, fused: keras.Model, data: Any) -> Any:
    """The graph from PNG or JPEG bytes to PNG bytes, one picture after the other.

    Alpha runs through the network as a gray picture; the colours below transparent
    pixels are taken as they are. A network of one channel enlarges the luma, and Cb and
    Cr are bicubic. The PNG holds no metadata but the label of a network
    that invents detail.

    Args:
        model: The network.
        fused: Its faster equal, or itself, as for `srkit.export.tiling.enlarge`.
        data: A tensor of strings, of any shape.

    Returns:
        A tensor of strings of the same shape.
    """
    import tensorflow as tf

    def one(encoded: Any) -> Any:
        image, alpha = _decoded(encoded)
        turned = _upright(tf.concat([image, alpha], -1), _orientation(encoded))
        return _labelled(model, tf.io.encode_png(_with_alpha(model, fused, turned)))

    flat = tf.map_fn(one, tf.reshape(data, [-1]), parallel_iterations=1)
    return tf.reshape(flat, tf.shape(data))


def _labelled(model: keras.Model, png: Any) -> Any:
    """Puts into a PNG, before its pixels, what `SuperResolver.label` has to say."""
    import tensorflow as tf

    label = model.label(model.scale) if hasattr(model, "label") else None
    if label is None:
        return png
    parts = [(0, _HEADER), (_HEADER, tf.strings.length(png))]
    head, rest = (tf.strings.substr(png, start, length) for start, length in parts)
    return tf.strings.join([head, xmp_chunk(with_label(None, label)), rest])


def _decoded(encoded: Any) -> tuple[Any, Any]:
    """Colour, and alpha in one channel or in none."""
    import tensorflow as tf

    # Despite its name this decodes PNG too; the accurate DCT is everybody else's.
    color = tf.io.decode_jpeg(encoded, 3, dct_method="INTEGER_ACCURATE")
    is_png = tf.strings.substr(encoded, 0, 4) == b"\x89PNG"
    stored = tf.cond(is_png, lambda: tf.io.decode_png(encoded), lambda: color)
    has_alpha = is_png & (tf.shape(stored)[-1] % 2 == 0)
    return color, stored[..., tf.shape(stored)[-1] - tf.cast(has_alpha, tf.int32) :]


def _with_alpha(model: keras.Model, fused: keras.Model, image: Any) -> Any:
    """Enlarges the colours of one picture, and its alpha if it has one."""
    import tensorflow as tf

    color = tf.ensure_shape(image[..., :3], (None, None, 3))[None]
    sr = _colored(model, fused, color)

    def with_alpha() -> Any:
        channels = model.input.shape[-1]
        alpha = tf.ensure_shape(image[None, ..., 3:], (1, None, None, 1))
        opacity = enlarge(model, fused, tf.repeat(alpha, channels, axis=-1))
        opacity = to_network(opacity)
        gray = from_network(to_gray(opacity) if channels == 3 else opacity)
        return tf.concat([sr, _settled(gray, alpha)], axis=-1)[0]

    return tf.cond(tf.shape(image)[-1] > 3, with_alpha, lambda: sr[0])


def _colored(model: keras.Model, fused: keras.Model, color: Any) -> Any:
    """Enlarges RGB: by the network, or its luma by the network."""
    import tensorflow as tf

    if model.input.shape[-1] != 1:
        return enlarge(model, fused, color)
    ycbcr = rgb_to_ycbcr(tf.cast(color, tf.float32))
    luma = tf.cast(tf.round(ycbcr[..., :1]), tf.uint8)
    larger = tf.cast(enlarge(model, fused, luma), tf.float32)
    chroma = tf.image.resize(ycbcr[..., 1:], tf.shape(larger)[1:3], "bicubic")
    rgb = ycbcr_to_rgb(tf.concat([larger, chroma], axis=-1))
    return tf.cast(tf.clip_by_value(tf.round(rgb), 0, 255), tf.uint8)


def _settled(alpha: Any, lr: Any) -> Any:
    """Alpha within the range of the LR pixels around: opaque stays exactly so."""
    import tensorflow as tf

    values = tf.cast(tf.ensure_shape(lr, (1, None, None, 1)), tf.float32)
    size = tf.shape(alpha)[1:3]
    lowest, highest = (
        sign * tf.nn.max_pool2d(sign * values, 3, 1, "SAME") for sign in (-1.0, 1.0)
    )
    limits = [
        tf.cast(tf.image.resize(limit, size, "nearest"), tf.uint8)
        for limit in (lowest, highest)
    ]
    return tf.clip_by_value(alpha, *limits)


def _orientation(encoded: Any) -> Any:
    """What EXIF says of how the picture lies, 1 to 8; 1, upright, if it says nothing.

    Only EXIF itself is searched, so that pixels cannot look like it.
    """
    import tensorflow as tf

    head = tf.io.decode_raw(tf.strings.substr(encoded, 0, _HEAD), tf.uint8)
    jpeg, png = _positions(head, _IN_JPEG)[:1], _positions(head, _IN_PNG)[:1]
    start = tf.concat([jpeg, png, [tf.size(head, tf.int64)]], 0)[0]
    length = tf.concat([head[start : start + 4], [0] * 4], 0)[:4]
    length = tf.reduce_sum(tf.cast(length, tf.int64) * [2**24, 2**16, 2**8, 1])
    length = tf.where(tf.size(jpeg) > 0, length % 2**16 + 2, length + 8)
    exif = head[start : start + length]
    little, big = _positions(exif, _LITTLE)[:1] + 8, _positions(exif, _BIG)[:1] + 9
    values = tf.cast(tf.gather(exif, tf.concat([little, big], 0)), tf.int32)
    value = tf.concat([values, [1]], 0)[0]
    return tf.where((value >= 1) & (value <= 8), value, 1)


def _positions(data: Any, pattern: _Bytes) -> Any:
    """Where a pattern begins, in order."""
    import tensorflow as tf

    count = tf.maximum(tf.size(data) - len(pattern) + 1, 0)
    found = tf.ones([count], tf.bool)
    for offset, byte in enumerate(pattern):
        if byte is not None:
            found &= data[offset : offset + count] == byte
    return tf.where(found)[:, 0]


def _upright(image: Any, orientation: Any) -> Any:
    """The picture turned and mirrored as EXIF's orientation asks."""
    import tensorflow as tf

    turned = tf.cond(
        orientation > 4, lambda: tf.transpose(image, (1, 0, 2)), lambda: image
    )
    axes = [[], [1], [0, 1], [0], [], [1], [0, 1], [0]]
    flips = [lambda axis=axis: tf.reverse(turned, axis) for axis in axes]
    return tf.switch_case(orientation - 1, flips)
