"""Stops a run whose figures are no longer numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import keras

from srkit.errors import DivergedError
from srkit.training.checkpoint import Checkpoint
from srkit.training.run import Run, RunCallback


class DivergenceGuard(RunCallback):
    """Ends training at the first loss that is NaN or infinite, with `DivergedError`.

    The model is set back to the newest checkpoint, which is known to be finite;
    nothing on disk is touched.

    Args:
        run: The run to watch.
        checkpoint: Where the last good weights are.
    """

    def __init__(self, run: Run, checkpoint: Checkpoint) -> None:
        super().__init__(run)
        self.checkpoint = checkpoint

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Looks at every figure whose name tells of a loss."""
        del batch
        for name, value in (logs or {}).items():
            if "loss" in name and not math.isfinite(value):
                raise self.checkpoint.diverged(f"`{name}` is {value}")


class SkipGuard(keras.callbacks.Callback):
    """Ends adversarial training when too many steps in a row had to be skipped.

    `AdversarialTrainer` puts it first in every `fit`. A skipped step changes nothing,
    so that the weights in the model are the last good ones; a run has them saved.

    Args:
        limit: Steps in a row that may be skipped.
        others: The callbacks after it, of which a `Checkpoint` is to save them.
    """

    def __init__(
        self, limit: int, others: Iterable[keras.callbacks.Callback] = ()
    ) -> None:
        super().__init__()
        self.limit = limit
        self.others = others
        self._counted = 0.0
        self._last_batch = -1
        self._row = 0
        self._steps = 0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Begins the epoch's count where the metric does: a resumed one is not new."""
        del logs
        if batch == 0:
            self._last_batch = -1
            self._counted = float(self.model.trackers["skipped"].result())

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Counts; of several steps in one execution all or none are in the row."""
        steps, self._last_batch = batch - self._last_batch, batch
        self._steps += steps
        counted = float((logs or {}).get("skipped", 0.0))
        all_skipped = round(counted - self._counted) == steps
        self._row = self._row + steps if all_skipped else 0
        self._counted = counted
        if self._row > self.limit:
            raise DivergedError(
                f"Losses and gradients must be finite numbers: {self._row} steps in a "
                f"row, up to step {self._steps} of this session, were not and were "
                f"skipped. The last good weights are in {self._keep()}. Look for "
                "pictures with NaN, lower the learning rates, clip the gradients "
                "(`global_clipnorm=1.0`), or train in float32."
            )

    def _keep(self) -> str:
        """Saves the weights where there is a run; says where they are."""
        saved = [each.save() for each in self.others if isinstance(each, Checkpoint)]
        return " and in ".join(["the model", *map(str, saved)])
