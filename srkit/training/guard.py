"""Stops a run whose loss is no longer a number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

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
