"""Training pairs as a `tf.data.Dataset`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from srkit.data.preparation import prepare

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import tensorflow as tf

    from srkit.data.folders import Source
    from srkit.data.sampler import PatchSampler


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
) -> tf.data.Dataset:
    """Makes batches of LR and HR crops for `fit`, float32 in [-1, 1].

    The dataset is as long as one epoch. The next pass over it goes on where a whole
    pass ended, so every epoch has crops of its own; a pass that was broken off (a
    look at one batch) leaves no trace. Batch `k` depends on `seed` and `k` alone.

    It carries `steps_per_epoch`, `settings` (what a resumed run must share) and
    `position`, a `Position`, which resumes in the middle of an epoch too.

    Shape:
        LR ``(batch_size, crop // scale, crop // scale, 3)``, HR
        ``(batch_size, crop, crop, 3)``.

    Args:
        source: Folder of HR pictures, name of a data set below `SRKIT_DATASETS` or
            ./datasets, or a list of these. Pictures smaller than `crop` are left out
            with a warning.
        scale: Whole factor between LR and HR.
        crop: Side of the HR crops in pixels, a multiple of `scale`.
        batch_size: Crops in a batch.
        kernel: Kernel that makes LR from HR, one of `srkit.image.resampling.KERNELS`.
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

    Raises:
        ArgumentError: If a setting is out of its range.
        DataError: If the pictures are absent, unreadable, too small or do not fit.
        OutputError: If the cache cannot be written.
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
    )
    position = Position(settings["steps_per_epoch"])
    dataset = _stream(sampler, position)
    dataset.position = position
    dataset.steps_per_epoch = position.steps_per_epoch
    dataset.settings = settings
    return dataset


class Position:
    """How far a dataset was read, in batches since the very first.

    Two numbers that the pipeline itself reads and writes. They live in a table,
    because a variable made in the scope of a `tf.distribute` strategy is mirrored
    onto its devices, where a pipeline on the host cannot write.

    Args:
        steps_per_epoch: Batches in an epoch.
    """

    def __init__(self, steps_per_epoch: int) -> None:
        import tensorflow as tf

        self.steps_per_epoch = steps_per_epoch
        self._table = tf.lookup.experimental.MutableHashTable(
            tf.string, tf.int64, default_value=0
        )

    def get(self) -> int:
        """Returns how many batches were delivered, which numbers the next one.

        In the middle of an epoch a strategy that prefetches for its devices makes it
        run ahead by a few.
        """
        return int(self._table.lookup("delivered"))

    def set(self, step: int) -> None:
        """Lets the next pass begin with batch `step`, and end where its epoch ends."""
        import tensorflow as tf

        for name in ("start", "delivered"):
            self._table.insert(name, tf.constant(step, tf.int64))

    def rest_of_epoch(self) -> tf.data.Dataset:
        """Numbers from the start of this pass to the end of its epoch (in a graph)."""
        import tensorflow as tf

        start = self._table.lookup("start")
        end = (start // self.steps_per_epoch + 1) * self.steps_per_epoch
        self._table.insert("delivered", start)
        return tf.data.Dataset.range(start, end)

    def count(self, step: tf.Tensor) -> None:
        """Notes that batch `step` was delivered, and the epoch with its last one."""
        import tensorflow as tf

        self._table.insert("delivered", step + 1)
        is_last = (step + 1) % self.steps_per_epoch == 0
        start = tf.where(is_last, step + 1, self._table.lookup("start"))
        self._table.insert("start", start)


def _stream(sampler: PatchSampler, position: Position) -> tf.data.Dataset:
    import tensorflow as tf

    steps = position.steps_per_epoch
    # Keras reads the length once, before the first epoch, and the first after a resume
    # may be shorter, which `assert_cardinality` would refuse. So the epoch is followed
    # by a dataset that is declared endless and holds nothing: `take` gives the length.
    nothing = tf.data.Dataset.range(1).filter(lambda _: False).repeat()
    numbers = tf.data.Dataset.from_tensors(0).flat_map(
        lambda _: position.rest_of_epoch()
    )
    side = sampler.crop // sampler.scale
    shapes = [(sampler.batch_size, edge, edge, 3) for edge in (side, sampler.crop)]

    def make(step: tf.Tensor) -> tuple[tf.Tensor, tuple[tf.Tensor, ...]]:
        images = tf.numpy_function(sampler.batch, [step], [tf.uint8, tf.uint8])
        floats = [tf.cast(image, tf.float32) / 127.5 - 1.0 for image in images]
        return step, tuple(map(tf.ensure_shape, floats, shapes))

    def deliver(step: tf.Tensor, batch: Any) -> Any:
        position.count(step)
        return batch

    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.OFF
    )
    # A prefetch put behind the count would make the position run ahead.
    options.experimental_optimization.inject_prefetch = False
    dataset = numbers.concatenate(nothing).take(steps)
    dataset = dataset.map(make, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    return dataset.prefetch(4).map(deliver).with_options(options)
