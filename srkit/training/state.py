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


METRICS = "metrics/"
"""How the names of arrays begin that hold Keras's metrics, over the epoch so far."""


def gather(model: keras.Model) -> Arrays:
    """Copies all variables as they are after this step, seeds and metrics included."""
    sync(model)
    groups = {**_variables(model), METRICS[:-1]: model.metrics_variables}
    return {
        f"{group}/{index:04d}": _portable(variable)
        for group, variables in groups.items()
        for index, variable in enumerate(variables)
    }


def assign(model: keras.Model, arrays: Arrays) -> None:
    """Puts back what `gather` took, but for the metrics.

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


def assign_metrics(model: keras.Model, arrays: Arrays) -> bool:
    """Puts back the metrics that `gather` took, if it found the same ones."""
    values = [arrays[name] for name in sorted(arrays) if name.startswith(METRICS)]
    pairs = list(zip(model.metrics_variables, values, strict=False))
    if not len(pairs) == len(values) == len(model.metrics_variables) or any(
        tuple(variable.shape) != value.shape for variable, value in pairs
    ):
        return False
    for variable, value in pairs:
        variable.assign(value)
    return True


class ShortEpoch(RunCallback):
    """Lets an epoch whose rest alone is trained end as the whole one would have.

    A run that is resumed within an epoch has only its rest to train. The metrics go on
    from where they were. At the end Keras asks for one batch more; TensorFlow's graph
    finds none, but may by then have counted a step on the optimiser or a metric, or
    drawn from a seed, which is undone. It stands before all that look at those.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._held: Arrays = {}

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Puts the metrics back that Keras has just reset."""
        del epoch, logs
        if not self.run.midway or self.position is None:
            return
        if not assign_metrics(self.model, self.run.metrics):
            # Keras makes those that `compile` was given at the first batch they see.
            x, y, _ = keras.utils.unpack_x_y_sample_weight(next(iter(self.data)))
            self.model.compute_metrics(x, y, y)
            self.model.reset_metrics()
            assign_metrics(self.model, self.run.metrics)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Holds the state after the last batch of a shortened epoch."""
        del logs
        if self.run.midway and self.ends_epoch(batch):
            self._held = gather(self.model)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Puts it back, and its figures into the logs."""
        del epoch
        if self._held:
            assign(self.model, self._held)
            assign_metrics(self.model, self._held)
            for name, value in self.model.get_metrics_result().items():
                if name in (logs or {}):
                    logs[name] = float(keras.ops.convert_to_numpy(value))
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
