"""A network as a TensorFlow SavedModel: pictures in, pictures out, no Keras needed.

Two signatures, both for any size and number of pictures:

* ``upscale``: ``images``, uint8 ``(N, h, w, C)``, to ``images``, uint8;
* ``upscale_png``: ``image_bytes``, one encoded PNG or JPEG picture or a list of them
  (sizes may differ), to ``image_bytes``, as many PNGs, upright and with the alpha of
  the files. The names make TensorFlow Serving's REST door take and give base64.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.errors import ArgumentError, OutputError
from srkit.export.encoded import enlarge_encoded
from srkit.export.fusion import fuse_closing_layers
from srkit.export.signs import merge_signs
from srkit.export.tiling import enlarge
from srkit.image.ranges import from_network, to_network

if TYPE_CHECKING:
    import keras

    from srkit.types import ByteImage, FloatImage

# One value in so many may differ by one level: the order of summation.
_STRAYS = 10_000
# What merging may change before rounding, in levels; and 8 bits of mantissa a value.
_MERGED_APART, _COARSE_APART = 0.1, 4.0
_CHECKED_TILE = 20
"""Side of the tiles in which the check cuts its picture, in LR pixels."""


def export_saved_model(model: keras.Model, folder: str | Path) -> Path:
    """Writes a network as a SavedModel and checks that it computes the same.

    Its linear end is merged, and large pictures are cut into exact tiles that take
    about a GiB, where the network tells its `scale` and `radius`.

    Args:
        model: A network from float32 NHWC in [-1, 1] to the same, in the arithmetic
            it is to run in (its dtype policy).
        folder: Where to. An earlier export there is replaced.

    Returns:
        The folder.

    Raises:
        ArgumentError: If Keras does not run on TensorFlow, or `model` is not from
            one picture to one.
        OutputError: If `folder` holds something else or cannot be written, or what
            was written does not compute what `model` does.
    """
    folder = Path(folder)
    _check_backend()
    _check_model(model)
    _check_place(folder)
    fused = fuse_closing_layers(merge_signs(model))
    parent = folder.absolute().parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=parent) as work:
            written = Path(work) / "new"
            _write(_module(model, fused), written, name=folder.name)
            _check_result(model, fused, written)
            _put_in_place(written, folder, aside=Path(work) / "old")
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(f"Cannot write {folder}: {error}") from error
    return folder


def _module(model: keras.Model, fused: keras.Model) -> Any:
    """A module with the two functions and the weights that they read."""
    import tensorflow as tf

    channels = model.input.shape[-1]
    images = tf.TensorSpec((None, None, None, channels), tf.uint8, name="images")
    encoded = tf.TensorSpec(None, tf.string, name="image_bytes")
    module = tf.Module(name="super_resolver")
    module.kept = [weight.value for weight in (*model.weights, *fused.weights)]
    module.upscale = tf.function(
        lambda images: {"images": enlarge(model, fused, images)},
        input_signature=[images],
        autograph=False,
    )
    module.upscale_png = tf.function(
        lambda data: {"image_bytes": enlarge_encoded(model, fused, data)},
        input_signature=[encoded],
        autograph=False,
    )
    return module


def _write(module: Any, folder: Path, *, name: str) -> None:
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
        raise OutputError(f"Cannot write {name}: {reason}.") from error


def _put_in_place(written: Path, folder: Path, *, aside: Path) -> None:
    """Moves an export to where it belongs; if that fails, the earlier one is back."""
    if not folder.exists():
        written.replace(folder)
        return
    folder.replace(aside)
    try:
        written.replace(folder)
    except OSError:
        aside.replace(folder)
        raise


def _check_result(model: keras.Model, fused: keras.Model, folder: Path) -> None:
    """Loads what was written and compares it, its tiles and its merged end.

    The first two with the network that runs, as files, level by level; that one with
    `model` before rounding, because summed in another order halves fall elsewhere.
    """
    import tensorflow as tf

    upscale = tf.saved_model.load(str(folder)).signatures["upscale"]
    rng = np.random.default_rng(0)
    for shape in ((2, 37, 41), (1, 1, 9)):
        size = (*shape, model.input.shape[-1])
        images = tf.constant(rng.integers(0, 256, size, dtype=np.uint8))
        running = fused if min(shape[1:]) >= 2 else model
        sr, plain = (_computed(network, images) for network in (running, model))
        _check_merging(sr, plain, coarse=_is_coarse(model))
        meant: Any = from_network(sr)
        for found in (
            upscale(images)["images"].numpy(),
            enlarge(model, fused, images, tile=_CHECKED_TILE).numpy(),
        ):
            if not _agree(meant, found, coarse=_is_coarse(model)):
                raise OutputError(
                    "What was exported must compute what the network does. Received: "
                    f"{_apart(meant, found)} of {meant.size} values apart, by up to "
                    f"{_distance(meant, found).max()} levels"
                )


def _computed(network: keras.Model, images: Any) -> FloatImage:
    """What a network makes of whole pictures, compiled as what is exported is."""
    import tensorflow as tf

    shape = (None, None, None, images.shape[-1])
    run = tf.function(
        lambda pictures: network(to_network(pictures), training=False),
        input_signature=[tf.TensorSpec(shape, tf.uint8)],
        autograph=False,
    )
    return np.asarray(run(images))


def _is_coarse(model: keras.Model) -> bool:
    """Whether a layer computes in 16 bits, where order and merging show."""
    return any("16" in layer.compute_dtype for layer in model.layers)


def _check_merging(merged: FloatImage, plain: FloatImage, *, coarse: bool) -> None:
    limit = _COARSE_APART if coarse else _MERGED_APART
    apart = 127.5 * float(np.abs(merged - plain).max())
    if not apart <= limit:
        raise OutputError(
            "The merged end of a network must compute what its layers do, within "
            f"{limit} levels. Received: values {apart:.3g} levels apart"
        )


def _agree(meant: ByteImage, found: ByteImage, *, coarse: bool = False) -> bool:
    apart = _distance(meant, found)
    if coarse:
        return bool(apart.max() <= _COARSE_APART)
    strays = _apart(meant, found)
    return bool(apart.max() <= 1 and strays <= max(1, apart.size // _STRAYS))


def _apart(meant: ByteImage, found: ByteImage) -> int:
    return int((meant != found).sum())


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


def _check_model(model: keras.Model) -> None:
    """Refuses what has several inputs or outputs, or has not been built yet."""
    for name in ("input", "output"):
        if len(getattr(getattr(model, name, None), "shape", ())) != 4:
            raise ArgumentError(
                "`model` must map one tensor of pictures to one, and know its shape. "
                f"Received: {type(model).__name__} without one {name}. "
                "Call it on `keras.Input((None, None, 3))` first."
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
