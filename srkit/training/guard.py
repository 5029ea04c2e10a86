"""Stops a run whose figures are no longer numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import keras

from srkit.errors import DivergedError
from srkit.training.run import Run, RunCallback

if TYPE_CHECKING:
    from srkit.training.checkpoint import Checkpoint


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
    so that the weights in the model are the last good ones.

    Args:
        limit: Steps in a row that may be skipped.
    """

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit
        self._counted = 0.0
        self._row = 0
        self._steps = 0

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Begins the epoch's count where the metric does: a resumed one is not new."""
        del logs
        if batch == 0:
            self._counted = float(self.model.trackers["skipped"].result())

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Counts."""
        del batch
        self._steps += 1
        counted = float((logs or {}).get("skipped", 0.0))
        self._row = self._row + 1 if counted > self._counted else 0
        self._counted = counted
        if self._row > self.limit:
            raise DivergedError(
                f"Losses and gradients must be finite numbers: {self._row} steps in a "
                f"row, up to step {self._steps} of this session, were not and were "
                "skipped. The last good weights are in the model. Look for pictures "
                "with NaN, lower the learning rates, clip the gradients "
                "(`global_clipnorm=1.0`), or train in float32."
            )
