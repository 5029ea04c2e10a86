"""Training pairs without TensorFlow, for Keras on JAX or PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras

from srkit.data.position import Position
from srkit.data.preparation import prepare
from srkit.image.color import to_gray
from srkit.image.ranges import to_network
from srkit.types import FloatImage

if TYPE_CHECKING:
    from srkit.data.degradations import Degradation
    from srkit.data.folders import Source

Batch = tuple[FloatImage, FloatImage]


class PatchSequence(keras.utils.PyDataset):
    """The pairs of `srkit.data.pairs`, crop for crop, as a `keras.utils.PyDataset`.

    Arguments, attributes and errors are those of `pairs`. The next batches are made
    in threads while one is trained on, whatever the backend.
    """

    def __init__(
        self,
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
    ) -> None:
        super().__init__()
        self._sampler, self.settings = prepare(
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
        self._channels = channels
        self.steps_per_epoch: int = self.settings["steps_per_epoch"]
        self.position = Position(self.steps_per_epoch)
        self._batches = _Ahead(self._make)
        self._within_epoch = False
        self._given = 0

    def __len__(self) -> int:
        """Batches in a whole epoch."""
        return self.steps_per_epoch

    @property
    def num_batches(self) -> int:
        """Batches in the epoch that begins, which a resumed run may enter midway."""
        # Keras asks for the length of all epochs before the first one, or after a
        # first look at a batch, and for the length of this one when it begins.
        begins = self._within_epoch and self._given == 0
        return self._rest if begins else self.steps_per_epoch

    def __getitem__(self, index: int) -> Batch:
        """Makes batch `index` of the epoch to come; within `fit`, the next one."""
        # `fit` shuffles the indices unless told otherwise. The crops are random as it
        # is, and their order is one that a resumed run must be able to repeat.
        if self._within_epoch:
            index = self._given
            self._given += 1
        return self._batches(self.position.get() + index)

    def on_epoch_begin(self) -> None:
        """Begins where the last whole epoch ended, or where `position` was set."""
        self._within_epoch = True
        self._given = 0

    def on_epoch_end(self) -> None:
        """Moves on, unless the epoch was broken off."""
        if self._within_epoch and self._given == self._rest:
            self.position.pass_ended()
        self._within_epoch = False

    @property
    def _rest(self) -> int:
        return self.position.end - self.position.get()

    def _make(self, step: int) -> Batch:
        lr, hr = map(to_network, self._sampler.batch(step))
        return (to_gray(lr), to_gray(hr)) if self._channels == 1 else (lr, hr)


class _Ahead:
    """Calls a function of the step for the next steps before they are asked for."""

    def __init__(self, make: Callable[[int], Batch], *, depth: int = 3) -> None:
        self._make = make
        self._depth = depth
        self._pool = ThreadPoolExecutor(depth)
        self._futures: dict[int, Future[Any]] = {}

    def __call__(self, step: int) -> Batch:
        self._futures = {
            number: self._futures.get(number) or self._pool.submit(self._make, number)
            for number in range(step, step + self._depth + 1)
        }
        batch: Batch = self._futures[step].result()
        return batch
