import json
import random

import keras
import numpy as np

from srkit.training.determinism import random_state, set_random_state


def drawn():
    """A number of each global generator."""
    return (
        random.random(),
        np.random.uniform(),  # noqa: NPY002 - the global one
        float(keras.random.uniform(())),
    )


def test_the_global_generators_go_on_where_they_were():
    random.gauss(0, 1)  # leaves a second number behind
    state = json.loads(json.dumps(random_state()))
    first = drawn(), random.gauss(0, 1)
    assert (drawn(), random.gauss(0, 1)) != first
    set_random_state(state)
    assert (drawn(), random.gauss(0, 1)) == first


def test_the_generator_of_tensorflow_goes_on_too():
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf

    state = random_state()
    first = float(tf.random.get_global_generator().uniform(()))
    set_random_state(state)
    assert float(tf.random.get_global_generator().uniform(())) == first


def test_a_state_of_another_backend_is_no_hindrance():
    state = random_state()
    state.pop("tensorflow", None)
    set_random_state(state)
