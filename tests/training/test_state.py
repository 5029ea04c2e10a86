import keras
import numpy as np
import pytest

from srkit.errors import ResumeError
from srkit.training.run import Run, StepCounter
from srkit.training.state import ShortEpoch, assign, gather
from tests.training import tiny


def trained(**options):
    model = tiny.compiled(**options)
    model.fit(tiny.Batches(), verbose=0, shuffle=False)
    return model


def test_what_was_taken_is_put_back():
    model = trained()
    arrays = gather(model)
    model.fit(tiny.Batches(), verbose=0, shuffle=False)
    assert (tiny.weights(model) != np.concatenate(_weights(arrays))).any()
    assign(model, arrays)
    np.testing.assert_array_equal(tiny.weights(model), np.concatenate(_weights(arrays)))
    assert int(model.optimizer.iterations) == tiny.STEPS


def _weights(arrays):
    return [np.ravel(array) for name, array in arrays.items() if "model/" in name]


def test_bfloat16_is_kept_without_loss():
    model = tiny.network(dtype="bfloat16")
    before = tiny.weights(model).astype("float32")
    arrays = gather(model)
    assert {array.dtype.name for array in arrays.values()} == {"float32"}
    assign(model, arrays)
    np.testing.assert_array_equal(tiny.weights(model).astype("float32"), before)


def test_seeds_of_layers_are_part_of_the_state():
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dropout(0.5, seed=1)(inputs))
    arrays = gather(model)
    model(np.ones((1, 4)), training=True)
    assert (gather(model)["model/0000"] != arrays["model/0000"]).any()
    assign(model, arrays)
    assert (gather(model)["model/0000"] == arrays["model/0000"]).all()


def test_arrays_that_do_not_fit_are_refused():
    model = trained()
    arrays = gather(model)
    arrays["model/0000"] = arrays["model/0000"][:2]
    with pytest.raises(ResumeError, match=r"head/kernel.*\(3, 3, 3, 4\)"):
        assign(model, arrays)
    del arrays["model/0000"]
    with pytest.raises(ResumeError, match="Received: None"):
        assign(model, arrays)


def test_a_step_that_found_no_batch_is_undone(tmp_path):
    run = Run(directory=tmp_path, midway=True, data=tiny.Batches(), step=2)
    short, counter = ShortEpoch(run), StepCounter(run)
    model = trained()
    for callback in (counter, short):
        callback.set_model(model)
    counter.on_train_batch_end(0)
    short.on_train_batch_end(0)
    model.optimizer.iterations.assign_add(1)
    short.on_epoch_end(0)
    assert int(model.optimizer.iterations) == tiny.STEPS
    assert not run.midway
