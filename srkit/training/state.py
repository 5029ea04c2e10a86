"""The variables of a model and its optimisers, taken out and put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from srkit.errors import ResumeError
from srkit.training.run import Run, RunCallback, sync
from srkit.training.settings import optimizers

if TYPE_CHECKING:
    from srkit.training.storage import Arrays


def gather(model: keras.Model) -> Arrays:
    """Copies all variables as they are after this step, seeds of layers included."""
    sync(model)
    return {
        f"{group}/{index:04d}": _portable(variable)
        for group, variables in _variables(model).items()
        for index, variable in enumerate(variables)
    }


def assign(model: keras.Model, arrays: Arrays) -> None:
    """Puts back what `gather` took.

    Raises:
        ResumeError: If an array is missing or of another shape.
    """
    for group, variables in _variables(model).items():
        for index, variable in enumerate(variables):
            value = arrays.get(f"{group}/{index:04d}")
            if value is None or value.shape != tuple(variable.shape):
                raise ResumeError(
                    f"The checkpoint does not fit the model at {variable.path}: "
                    f"expected shape {tuple(variable.shape)}. "
                    f"Received: {None if value is None else value.shape}"
                )
            variable.assign(value)


class ShortEpoch(RunCallback):
    """Undoes the failing step by which Keras finds a shortened epoch over.

    A run that is resumed within an epoch has only its rest to train. Keras asks for
    one batch more; TensorFlow's graph finds none, but may by then have counted a step
    on the optimiser, or drawn from a seed. It stands before all that look at those.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._held: Arrays = {}

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Holds the state after the last batch of a shortened epoch."""
        del logs
        if self.run.midway and self.ends_epoch(batch):
            self._held = gather(self.model)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Puts it back."""
        del epoch, logs
        if self._held:
            assign(self.model, self._held)
        self._held = {}
        self.run.midway = False


def _variables(model: keras.Model) -> dict[str, list[keras.Variable]]:
    found = optimizers(model).items()
    return {
        "model": model.variables,
        **{name: optimizer.variables for name, optimizer in found},
    }


def _portable(variable: keras.Variable) -> np.ndarray[Any, Any]:
    """A copy of the variable, of a type that NumPy's own files know."""
    array = np.array(keras.ops.convert_to_numpy(variable))
    return array if array.dtype.kind in "biuf" else array.astype(np.float32)
