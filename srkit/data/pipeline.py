"""Training pairs as a `tf.data.Dataset`."""

from __future__ import annotations

import atexit
import time
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

from srkit.data.position import Position
from srkit.data.preparation import prepare
from srkit.image.color import to_gray

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import tensorflow as tf

    from srkit.data.degradations import Degradation
    from srkit.data.folders import Source
    from srkit.data.sampler import PatchSampler
    from srkit.types import ByteImage


_PATIENCE = 600
"""Tenths of a second that Python waits at its end for batches under way."""


def pairs(
    source: Source,
    *,
    scale: int,
    crop: int,
    batch_size: int,
    kernel: str = "bicubic",
    lr: Source | None = None,
    augment: bool = True,
    downsizes: Sequence[float] | None = None,
    seed: int = 0,
    cache: str | Path | None = None,
    steps_per_epoch: int | None = None,
    recursive: bool = False,
    degradation: Degradation | str | Path | None = None,
    channels: int = 3,
) -> tf.data.Dataset:
    """Makes batches of LR and HR crops for `fit`, float32 in [-1, 1].

    The dataset is as long as one epoch. The next pass over it goes on where a whole
    pass ended, so every epoch has crops of its own; a pass that was broken off (a
    look at one batch) leaves no trace. Batch `k` depends on `seed` and `k` alone.

    It carries `steps_per_epoch`, `settings` (what a resumed run must share) and
    `position`, a `srkit.data.position.Position`: set to any step, the next pass gives
    the rest of that epoch, and the following ones whole epochs.

    Shape:
        LR ``(batch_size, crop // scale, crop // scale, channels)``, HR
        ``(batch_size, crop, crop, channels)``.

    Args:
        source: Folder of HR pictures, name of a data set below `SRKIT_DATASETS` or
            ./datasets, or a list of these. Pictures smaller than `crop` are left out
            with a warning.
        scale: Whole factor between LR and HR.
        crop: Side of the HR crops in pixels, a multiple of `scale`.
        batch_size: Crops in a batch.
        kernel: Kernel that makes LR from HR, one of `srkit.image.KERNELS`.
        lr: Folder (or folders) of LR pictures, paired with the HR pictures by sorted
            name. By default LR is made from the whole HR picture.
        augment: Flip and turn by quarters.
        downsizes: Factors in (0, 1] by which HR is first shrunk, one picked at random.
            `DOWNSIZES` by default; none with an `lr` folder.
        seed: Key of the randomness.
        cache: Folder for the prepared pictures, so that they stay out of memory and
            the next run starts at once. None holds them in memory (per HR pixel
            about 12 bytes).
        steps_per_epoch: Batches in an epoch. By default as many as hold each HR pixel
            about once.
        recursive: Look into subfolders too.
        degradation: What else is done to LR: one of `srkit.data.degradations`, its
            name ("cctv", "realesrgan", "jpeg", ...), or a JSON file with its settings.
            Each crop is degraded anew, with settings drawn from `seed` and the batch.
        channels: 3 for RGB, or 1 for its luma: the full-range Y of BT.601 that gray
            files hold, not rounded. What a network learns on it holds for studio swing
            too, a linear map of it, which is what figures are measured on.

    Raises:
        ArgumentError: If a setting is out of its range.
        DataError: If the pictures are absent, unreadable, too small or do not fit.
        OutputError: If the cache cannot be written.
        MissingExtraError: If the degradation needs a package that is absent.
    """
    sampler, settings = prepare(
        source,
        scale=scale,
        crop=crop,
        batch_size=batch_size,
        kernel=kernel,
        lr=lr,
        augment=augment,
        downsizes=downsizes,
        seed=seed,
        cache=cache,
        steps_per_epoch=steps_per_epoch,
        recursive=recursive,
        degradation=degradation,
        channels=channels,
    )
    position = Position(settings["steps_per_epoch"])
    dataset = _stream(sampler, position, channels)
    dataset.position = position
    dataset.steps_per_epoch = position.steps_per_epoch
    dataset.settings = settings
    return dataset


def _stream(
    sampler: PatchSampler, position: Position, channels: int
) -> tf.data.Dataset:
    import tensorflow as tf

    make = _maker(sampler, channels)

    def numbers(what: str) -> tf.data.Dataset:
        ends = tf.numpy_function(getattr(position, what), [], [tf.int64, tf.int64])
        return tf.data.Dataset.range(*(tf.reshape(end, []) for end in ends))

    def note_end(*images: tf.Tensor) -> tuple[tf.Tensor, ...]:
        done = tf.numpy_function(position.pass_ended, [], [])
        with tf.control_dependencies([done]):
            return tuple(map(tf.identity, images))

    once = tf.data.Dataset.from_tensors(0)
    most = once.flat_map(lambda _: numbers("all_but_last"))
    most = most.map(make, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    last = once.flat_map(lambda _: numbers("last")).map(make).map(note_end)
    # Keras reads the length once, before the first epoch, and the first after a resume
    # may be shorter, which `assert_cardinality` would refuse. So an epoch is followed
    # by a dataset that is declared endless and holds nothing: `take` gives the length.
    nothing = tf.data.Dataset.range(1).filter(lambda _: False).repeat().map(make)
    epoch = most.prefetch(4).concatenate(last).concatenate(nothing)
    return epoch.take(position.steps_per_epoch).with_options(_options())


def _maker(
    sampler: PatchSampler, channels: int
) -> Callable[[tf.Tensor], tuple[tf.Tensor, ...]]:
    """The graph from the number of a batch to its LR and HR."""
    import tensorflow as tf

    calls = _calls()
    side = sampler.crop // sampler.scale
    shapes = [(sampler.batch_size, edge, edge, 3) for edge in (side, sampler.crop)]

    def batch(step: int) -> tuple[ByteImage, ByteImage]:
        with calls:
            return sampler.batch(step)

    def make(step: tf.Tensor) -> tuple[tf.Tensor, ...]:
        images = tf.numpy_function(batch, [step], [tf.uint8, tf.uint8])
        floats = [tf.cast(image, tf.float32) / 127.5 - 1.0 for image in images]
        floats = list(map(tf.ensure_shape, floats, shapes))
        return tuple(map(to_gray, floats) if channels == 1 else floats)

    return make


def _options() -> tf.data.Options:
    import tensorflow as tf

    options = tf.data.Options()
    off = tf.data.experimental.AutoShardPolicy.OFF
    options.experimental_distribute.auto_shard_policy = off
    # A prefetch behind the note would note the end of a pass before it came.
    options.experimental_optimization.inject_prefetch = False
    return options


class _Calls:
    """Calls of Python from TensorFlow's threads that are under way.

    When Python ends while one waits to enter it, that one never returns, and
    TensorFlow waits for it forever. So Python turns away those that come late and
    waits for the others.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._closed = False
        self.running = 0
        self.begun = 0

    def __enter__(self) -> None:
        with self._lock:
            self.begun += 1
            if self._closed:
                raise StopIteration
            self.running += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.running -= 1

    def close(self) -> None:
        """Waits until none is running and none has come for a while."""
        self._closed = True
        for _ in range(_PATIENCE):
            begun = self.begun
            time.sleep(0.1)
            if not self.running and self.begun == begun:
                return


@cache
def _calls() -> _Calls:
    calls = _Calls()
    atexit.register(calls.close)
    return calls
