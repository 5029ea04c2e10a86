import keras
import numpy as np
import pytest

from srkit.errors import ArgumentError
from srkit.training.ema import MovingAverage
from srkit.training.run import Run, StepCounter
from tests.training import tiny


class Recorder(keras.callbacks.Callback):
    """Keeps the weights after each step, and those in use while validating."""

    def __init__(self):
        super().__init__()
        self.steps = []
        self.validated = []

    def on_train_batch_end(self, batch, logs=None):
        self.steps.append(self.model.get_weights())

    def on_test_batch_end(self, batch, logs=None):
        self.validated.append(tiny.weights(self.model))


def fit(directory, decay=0.9, **options):
    run = Run(directory=directory)
    average, recorder = MovingAverage(run, decay), Recorder()
    model = tiny.compiled(learning_rate=0.1)
    start = model.get_weights()
    listed = [StepCounter(run), average, recorder]
    model.fit(tiny.Batches(6), callbacks=listed, verbose=0, **options)
    return model, average, recorder, start


@pytest.mark.parametrize("decay", [0.9, 0.15, 0.0])
def test_the_average_is_the_closed_form(tmp_path, decay):
    _, average, recorder, expected = fit(tmp_path, decay)
    for step, weights in enumerate(recorder.steps, start=1):
        d = min(decay, (1 + step) / (10 + step))
        pairs = zip(expected, weights, strict=True)
        expected = [d * a + (1 - d) * w for a, w in pairs]
    for mine, theirs in zip(average.values, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)


def test_validation_uses_the_averages_and_training_does_not(tmp_path):
    model, average, recorder, _ = fit(tmp_path, validation_data=tiny.batch(9))
    averaged = np.concatenate([np.ravel(value) for value in average.values])
    np.testing.assert_array_equal(recorder.validated[0], averaged)
    raw = np.concatenate([np.ravel(weight) for weight in recorder.steps[-1]])
    np.testing.assert_array_equal(tiny.weights(model), raw)
    assert np.abs(raw - averaged).max() > 1e-4


def test_weights_of_a_session_that_was_broken_off_do_not_come_back(tmp_path):
    model, average, recorder, _ = fit(tmp_path)
    average.on_test_begin()  # and Ctrl-C before its end
    model.fit(tiny.Batches(), callbacks=[average, recorder], verbose=0)
    trained = tiny.weights(model)
    average.on_test_begin()
    average.on_test_end()
    np.testing.assert_array_equal(tiny.weights(model), trained)


def test_a_block_with_the_averages_ends_with_the_weights(tmp_path):
    model, average, _, _ = fit(tmp_path)
    before = tiny.weights(model)
    with average.applied():
        assert (tiny.weights(model) != before).any()
    np.testing.assert_array_equal(tiny.weights(model), before)


def test_settling_leaves_the_averages(tmp_path):
    model, average, _, _ = fit(tmp_path)
    average.settle()
    for mine, theirs in zip(average.values, model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_averages_of_bfloat16_weights_are_float32(tmp_path):
    run = Run(directory=tmp_path)
    model = tiny.network(dtype="bfloat16")
    model.compile(optimizer="sgd", loss="mae")
    average = MovingAverage(run)
    average.set_model(model)
    average.on_train_begin()
    run.step = 1
    average.on_train_batch_end(0)
    assert {value.dtype for value in average.values} == {np.dtype("float32")}


def test_moving_statistics_are_averaged_and_seeds_are_not(tmp_path):
    inputs = keras.Input((4,))
    x = keras.layers.BatchNormalization()(inputs)
    model = keras.Model(inputs, keras.layers.Dropout(0.5, seed=1)(x))
    average = MovingAverage(Run(directory=tmp_path))
    average.set_model(model)
    average.on_train_begin()
    assert len(average.values) == 4


@pytest.mark.parametrize("decay", [-0.1, 1.0, 999])
def test_a_decay_out_of_range_is_refused(tmp_path, decay):
    with pytest.raises(ArgumentError, match=f"decay.*Received: {decay}"):
        MovingAverage(Run(directory=tmp_path), decay)
