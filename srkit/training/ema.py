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

Array = np.ndarray[Any, Any]


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
        self._averages: list[keras.Variable] = []
        self._weights: list[keras.Variable] = []
        self._raw: list[Array] = []
        self._update: Callable[[float], None] = _nothing
        self._seen = 0
        run.average = self

    def on_train_begin(self, logs: Any = None) -> None:
        """Starts from the weights as they are."""
        del logs
        self._raw = []  # of a `fit` that was broken off as it validated
        self._weights = [w for w in self.network.weights if _is_float(w)]
        self._averages = [
            keras.Variable(_array(weight), dtype="float32", trainable=False)
            for weight in self._weights
        ]
        self._update = self._updater()
        self._seen = self.run.step

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Takes the step's weights in."""
        del batch, logs
        steps, self._seen = self.run.step - self._seen, self.run.step
        decay = min(self.decay, (1 + self.run.step) / (10 + self.run.step))
        self._update(1 - decay**steps)

    def on_test_begin(self, logs: Any = None) -> None:
        """Puts the averages in, so that `fit` validates with them."""
        del logs
        self._put_in()

    def on_test_end(self, logs: Any = None) -> None:
        """Puts the weights back."""
        del logs
        self._take_out()

    @property
    def values(self) -> list[Array]:
        """The averages, one array for each weight, in the network's order."""
        return [_array(average) for average in self._averages]

    @values.setter
    def values(self, arrays: list[Array]) -> None:
        _assign(self._averages, arrays)
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
        if self._raw:
            return
        self._raw = [_array(weight) for weight in self._weights]
        _assign(self._weights, self.values)

    def _take_out(self) -> None:
        _assign(self._weights, self._raw)
        self._raw = []

    def _updater(self) -> Callable[[float], None]:
        """One call of the backend for all weights: a two-hundredth of a step."""
        if keras.backend.backend() == "tensorflow":
            return self._tensorflow_updater()
        blend = _blend
        if keras.backend.backend() == "jax":
            import jax

            blend = jax.jit(_blend)

        def update(rate: float) -> None:
            averages = [average.value for average in self._averages]
            _assign(self._averages, blend(averages, self._current(), rate))

        return update

    def _tensorflow_updater(self) -> Callable[[float], None]:
        import tensorflow as tf

        pairs = list(zip(self._averages, self._weights, strict=True))

        @tf.function(autograph=False)
        def update(rate: tf.Tensor) -> None:
            for average, weight in pairs:
                difference = average.value - tf.cast(weight.value, tf.float32)
                average.value.assign_sub(difference * rate)

        return lambda rate: update(tf.constant(rate, tf.float32))

    def _current(self) -> list[Tensor]:
        """The weights after this step, which JAX's `fit` keeps outside of variables."""
        outside = getattr(self.model, "_jax_state", None)
        if not outside or getattr(self.model, "_jax_state_synced", True):
            return [weight.value for weight in self._weights]
        now: dict[int, Tensor] = {}
        for kind in ("trainable_variables", "non_trainable_variables"):
            variables = getattr(self.model, kind)
            pairs = zip(variables, outside[kind], strict=True)
            now |= {id(variable): value for variable, value in pairs}
        return [now[id(weight)] for weight in self._weights]


def _blend(averages: list[Tensor], weights: list[Tensor], rate: float) -> list[Tensor]:
    """Moves each average towards its weight by a share of the way."""
    pairs = zip(averages, weights, strict=True)
    return [a - (a - ops.cast(w, "float32")) * rate for a, w in pairs]


def _nothing(rate: float) -> None:
    """Before training begins there is nothing to average."""


def _is_float(variable: keras.Variable) -> bool:
    return keras.backend.is_float_dtype(variable.dtype)


def _array(variable: keras.Variable) -> Array:
    """A copy: on JAX the next step may reuse the memory of the original."""
    return np.array(ops.convert_to_numpy(variable))


def _assign(variables: list[keras.Variable], arrays: list[Any]) -> None:
    for variable, array in zip(variables, arrays, strict=True):
        variable.assign(array)
