"""A network as a TensorFlow SavedModel: pictures in, pictures out, no Keras needed.

Two signatures, both for any size and number of pictures:

* ``upscale``: ``images``, uint8 ``(N, h, w, C)``, to ``images``, uint8;
* ``upscale_png``: ``image_bytes``, one encoded PNG or JPEG picture or a list of them
  (sizes may differ), to ``image_bytes``, as many PNGs. The names make TensorFlow
  Serving's REST door take and give base64.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.errors import ArgumentError, OutputError
from srkit.image.ranges import from_network, to_network

if TYPE_CHECKING:
    import keras

    from srkit.types import ByteImage

# LR pixels of all pictures of a batch in one strip: about a GiB for an EDSR.
_STRIP_PIXELS = 2**20
# One value in so many may differ by one level: the order of summation.
_STRAYS = 10_000


def export_saved_model(
    model: keras.Model, folder: str | Path, *, fused: keras.Model | None = None
) -> Path:
    """Writes a network as a SavedModel and checks that it computes the same.

    Args:
        model: A network from float32 NHWC in [-1, 1] to the same, in the arithmetic
            it is to run in (its dtype policy).
        folder: Where to. An earlier export there is replaced.
        fused: A faster equal of `model` for pictures of at least 2x2 pixels, as
            `srkit.engine.Engine` makes one; `Upscaler.export` hands it in.

    Returns:
        The folder.

    Raises:
        ArgumentError: If Keras does not run on TensorFlow.
        OutputError: If `folder` holds something else or cannot be written, or what
            was written does not compute what `model` does.
    """
    folder = Path(folder)
    _check_backend()
    _check_place(folder)
    module = _module(model, fused or model)
    parent = folder.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=parent) as work:
            written = Path(work) / folder.name
            _write(module, written)
            _check_result(module, model.inputs[0].shape[-1], written)
            if folder.exists():
                shutil.rmtree(folder)
            written.replace(folder)
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"Cannot write {folder}: {error}") from error
    return folder


def _module(model: keras.Model, fused: keras.Model) -> Any:
    """A module with the two functions and the weights that they read."""
    import tensorflow as tf

    channels = model.inputs[0].shape[-1]
    images = tf.TensorSpec((None, None, None, channels), tf.uint8, name="images")
    encoded = tf.TensorSpec(None, tf.string, name="image_bytes")
    module = tf.Module(name="super_resolver")
    module.kept = [weight.value for weight in (*model.weights, *fused.weights)]
    module.upscale = tf.function(
        lambda images: {"images": _enlarge(model, fused, images)},
        input_signature=[images],
        autograph=False,
    )
    module.upscale_png = tf.function(
        lambda data: {"image_bytes": _enlarge_encoded(model, fused, data)},
        input_signature=[encoded],
        autograph=False,
    )
    return module


def _write(module: Any, folder: Path) -> None:
    import tensorflow as tf

    signatures = {
        "serving_default": module.upscale,
        "upscale": module.upscale,
        "upscale_png": module.upscale_png,
    }
    try:
        tf.saved_model.save(module, str(folder), signatures=signatures)
    except tf.errors.OpError as error:  # a full disk, for instance
        # Between the names of the file and of the operation.
        reason = error.message.rpartition("; ")[2].partition(" [Op:")[0]
        raise OutputError(f"Cannot write {folder.name}: {reason}.") from error


def _enlarge(model: keras.Model, fused: keras.Model, images: Any) -> Any:
    """The graph from uint8 to uint8."""
    import tensorflow as tf

    if fused is model:
        return _in_strips(model, model, images)
    return tf.cond(
        tf.reduce_min(tf.shape(images)[1:3]) < 2,
        lambda: _in_strips(model, model, images),
        lambda: _in_strips(model, fused, images),
    )


def _in_strips(model: keras.Model, network: keras.Model, images: Any) -> Any:
    """The graph that runs a network over strips of rows, so that large pictures fit.

    Strips are read with a margin of the network's radius and are exact, as the
    engine's tiles are. A network that does not tell its radius sees all at once.
    """
    import tensorflow as tf

    radius = getattr(model, "radius", None)
    if radius is None:
        return from_network(network(to_network(images), training=False))
    batch, height, width, channels = tf.unstack(tf.shape(images))
    rows = tf.maximum(_STRIP_PIXELS // tf.maximum(batch * width, 1), 2 * radius + 1)
    count = (height + rows - 1) // rows

    def strip(index: Any, strips: Any) -> tuple[Any, Any]:
        start, stop = height * index // count, height * (index + 1) // count
        first, last = tf.maximum(start - radius, 0), tf.minimum(stop + radius, height)
        sr = network(to_network(images[:, first:last]), training=False)
        kept = sr[:, (start - first) * model.scale : (stop - first) * model.scale]
        return index + 1, strips.write(index, _rows_first(from_network(kept)))

    strips = tf.TensorArray(tf.uint8, size=count, infer_shape=False)
    _, strips = tf.while_loop(
        lambda index, _: index < count, strip, (0, strips), parallel_iterations=1
    )
    whole = _rows_first(strips.concat())
    return tf.reshape(
        whole, (batch, height * model.scale, width * model.scale, channels)
    )


def _rows_first(images: Any) -> Any:
    """Swaps the axes of pictures and rows."""
    import tensorflow as tf

    return tf.transpose(images, (1, 0, 2, 3))


def _enlarge_encoded(model: keras.Model, fused: keras.Model, data: Any) -> Any:
    """The graph from PNG or JPEG bytes to PNG bytes, one picture after the other."""
    import tensorflow as tf

    def enlarge(encoded: Any) -> Any:
        # Despite its name this decodes PNG too; the accurate DCT is everybody else's.
        image = tf.io.decode_jpeg(
            encoded, model.inputs[0].shape[-1], dct_method="INTEGER_ACCURATE"
        )
        return tf.io.encode_png(_enlarge(model, fused, image[None])[0])

    flat = tf.map_fn(enlarge, tf.reshape(data, [-1]), parallel_iterations=1)
    return tf.reshape(flat, tf.shape(data))


def _check_result(module: Any, channels: int, folder: Path) -> None:
    """Loads what was written and compares it with what was meant."""
    import tensorflow as tf

    loaded = tf.saved_model.load(str(folder))
    rng = np.random.default_rng(0)
    for shape in ((2, 37, 41), (1, 1, 9)):
        images = rng.integers(0, 256, (*shape, channels), dtype=np.uint8)
        meant = module.upscale(images)["images"].numpy()
        found = loaded.signatures["upscale"](tf.constant(images))["images"].numpy()
        if not _agree(meant, found):
            raise OutputError(
                "What was exported must compute what the network does. Received: "
                f"pixels up to {_distance(meant, found).max()} levels apart"
            )


def _agree(meant: ByteImage, found: ByteImage) -> bool:
    apart = _distance(meant, found)
    return bool(apart.max() <= 1 and (apart > 0).sum() <= max(1, apart.size // _STRAYS))


def _distance(one: ByteImage, other: ByteImage) -> Any:
    return np.abs(one.astype(np.int16) - other)


def _check_backend() -> None:
    import keras

    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise ArgumentError(
            "A SavedModel is written by Keras on TensorFlow. Received: "
            f"KERAS_BACKEND={backend}. Unset it and export again."
        )


def _check_place(folder: Path) -> None:
    """Refuses to replace anything but an earlier export."""
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists() and not (folder / "saved_model.pb").is_file():
        raise OutputError(
            "An export goes into a new folder or over an earlier export. "
            f"Received: {folder}, which holds something else."
        )
