"""Exponential moving average of the weights: what is measured and what is kept."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
from keras import ops

from srkit.errors import ArgumentError
from srkit.training.run import Run, RunCallback
from srkit.types import Tensor


class MovingAverage(RunCallback):
    r"""Averages the network's weights over the steps, in float32.

    After step n, with the decay :math:`d_n = \min(d, (1 + n) / (10 + n))`, each average
    is :math:`a_n = d_n a_{n-1} + (1 - d_n) w_n`; the smaller decay at the start lets
    short runs profit too. Moving statistics are averaged like weights; integers
    (the state of random generators) are not.

    Validation and the presets use the averages, training never does, and after the
    last step the network keeps them (as with Keras's `use_ema`). It knows nothing of
    the optimiser, so a model with two of them is averaged as well.

    Args:
        run: The run it belongs to; it becomes `run.average`.
        decay: The limit d of the decay; 0.999 averages about the last 1000 steps.

    Raises:
        ArgumentError: If `decay` is not in [0, 1).
    """

    def __init__(self, run: Run, decay: float = 0.999) -> None:
        super().__init__(run)
        if not 0 <= decay < 1:
            raise ArgumentError(
                f"`decay` must be in [0, 1), 0.999 for instance. Received: {decay}"
            )
        self.decay = decay
        self.averages: list[Tensor] = []
        self._weights: list[keras.Variable] = []
        self._raw: list[np.ndarray[Any, Any]] = []
        self._blend = _compiled(_blend)
        self._seen = 0
        run.average = self

    def on_train_begin(self, logs: Any = None) -> None:
        """Starts from the weights as they are."""
        del logs
        self._weights = [w for w in self.network.weights if _is_float(w)]
        self._seen = self.run.step
        self.values = [_array(weight) for weight in self._weights]

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Takes the step's weights in."""
        del batch, logs
        steps, self._seen = self.run.step - self._seen, self.run.step
        decay = min(self.decay, (1 + self.run.step) / (10 + self.run.step))
        rate = ops.convert_to_tensor(1 - decay**steps, "float32")
        self.averages = self._blend(self.averages, self._current(), rate)

    def on_test_begin(self, logs: Any = None) -> None:
        """Puts the averages in, so that `fit` validates with them."""
        del logs
        self._put_in()

    def on_test_end(self, logs: Any = None) -> None:
        """Puts the weights back."""
        del logs
        self._take_out()

    @property
    def values(self) -> list[np.ndarray[Any, Any]]:
        """The averages, one array for each weight, in the network's order."""
        return [np.array(ops.convert_to_numpy(average)) for average in self.averages]

    @values.setter
    def values(self, arrays: list[np.ndarray[Any, Any]]) -> None:
        self.averages = [ops.convert_to_tensor(a, "float32") for a in arrays]
        self._seen = self.run.step

    @contextlib.contextmanager
    def applied(self) -> Iterator[None]:
        """Puts the averages into the network for the length of a block."""
        self._put_in()
        try:
            yield
        finally:
            self._take_out()

    def settle(self) -> None:
        """Leaves the averages in the network, for good."""
        self._put_in()
        self._raw = []

    def _put_in(self) -> None:
        if self._raw or not self.averages:
            return
        self._raw = [_array(weight) for weight in self._weights]
        _assign(self._weights, self.values)

    def _take_out(self) -> None:
        _assign(self._weights, self._raw)
        self._raw = []

    def _current(self) -> list[Tensor]:
        """The weights after this step, which JAX's `fit` keeps outside of variables."""
        outside = getattr(self.model, "_jax_state", None)
        if not outside or getattr(self.model, "_jax_state_synced", True):
            return [ops.convert_to_tensor(weight) for weight in self._weights]
        now: dict[int, Tensor] = {}
        for kind in ("trainable_variables", "non_trainable_variables"):
            variables = getattr(self.model, kind)
            pairs = zip(variables, outside[kind], strict=True)
            now |= {id(variable): value for variable, value in pairs}
        return [now[id(weight)] for weight in self._weights]


def _blend(averages: list[Tensor], weights: list[Tensor], rate: Tensor) -> list[Tensor]:
    """Moves each average towards its weight by a share of the way."""
    pairs = zip(averages, weights, strict=True)
    return [a + (ops.cast(w, "float32") - a) * rate for a, w in pairs]


def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """One call of the backend for all weights: a hundredth of a training step."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.function(function, autograph=False)
    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(function)
    return function


def _is_float(variable: keras.Variable) -> bool:
    return keras.backend.is_float_dtype(variable.dtype)


def _array(variable: keras.Variable) -> np.ndarray[Any, Any]:
    """A copy: on JAX the next step may reuse the memory of the original."""
    return np.array(ops.convert_to_numpy(variable))


def _assign(variables: list[keras.Variable], arrays: list[Any]) -> None:
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
