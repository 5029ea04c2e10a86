"""Random numbers: seeded, saved and set again."""

from __future__ import annotations

import contextlib
import random
from typing import Any

import keras
import numpy as np


def set_deterministic(seed: int = 0) -> None:
    """Seeds Python, NumPy and the backend, and makes TensorFlow's ops deterministic.

    With it the same run gives the same weights bit for bit, on the same machine with
    the same versions and number of threads. Some ops become slower, and TensorFlow
    cannot go back to the faster ones within the process.

    Args:
        seed: Where random numbers start.
    """
    keras.utils.set_random_seed(seed)
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()
        tf.random.set_global_generator(tf.random.Generator.from_seed(seed))


def random_state() -> dict[str, Any]:
    """State of the global generators, as JSON holds it.

    These are Python's, NumPy's, Keras's (unseeded `keras.random` calls) and, if
    TensorFlow is the backend, `tf.random.get_global_generator`. The seed generators
    of layers are variables of the model. TensorFlow's older stateful ops
    (`tf.random.normal` inside a `tf.function`) show nobody their state.
    """
    generators = _generators()  # making one draws from Python's
    legacy = np.random.get_state(legacy=False)  # noqa: NPY002 - the global one
    legacy["state"]["key"] = legacy["state"]["key"].tolist()
    state = {"python": random.getstate(), "numpy": legacy}
    for name, variable in generators.items():
        state[name] = keras.ops.convert_to_numpy(variable).tolist()
    return state


def set_random_state(state: dict[str, Any]) -> None:
    """Sets what `random_state` gave; generators it does not name are left alone."""
    generators = _generators()
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))
    np.random.set_state(state["numpy"])  # noqa: NPY002 - the global one
    for name, variable in generators.items():
        if name in state:
            dtype = keras.ops.convert_to_numpy(variable).dtype
            variable.assign(np.array(state[name], dtype))


def _generators() -> dict[str, Any]:
    from keras.src.random.seed_generator import global_seed_generator

    found = {"keras": global_seed_generator().state}
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        with contextlib.suppress(RuntimeError):  # deterministic, and never set
            found["tensorflow"] = tf.random.get_global_generator().state
    return found
