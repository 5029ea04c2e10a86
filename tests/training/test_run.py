import keras
import numpy as np

from srkit.engine import Engine, enlarge
from srkit.training.run import Run, RunCallback, StepCounter
from tests.training import tiny


def test_steps_and_epochs_are_counted_over_epochs(tmp_path):
    run = Run(directory=tmp_path)
    tiny.compiled().fit(tiny.Batches(), epochs=3, callbacks=[StepCounter(run)])
    assert (run.step, run.epoch) == (3 * tiny.STEPS, 3)
    assert run.seconds > 0


def test_several_steps_in_one_execution_all_count(tmp_path):
    run = Run(directory=tmp_path)
    model = tiny.network()
    model.compile(optimizer="sgd", loss="mae", steps_per_execution=2)
    model.fit(tiny.Batches(steps=4), callbacks=[StepCounter(run)])
    assert run.step == 4


def test_the_limit_ends_an_epoch_early(tmp_path):
    run = Run(directory=tmp_path, limit=7)
    tiny.compiled().fit(tiny.Batches(), epochs=3, callbacks=[StepCounter(run)])
    assert run.step == 7


def test_progress_survives_json(tmp_path):
    run = Run(directory=tmp_path, step=7, epoch=1, seconds=2.5)
    again = Run(directory=tmp_path)
    again.progress = run.progress
    assert again == run


def test_a_plain_model_can_name_its_data(tmp_path):
    data = tiny.Batches()
    callback = RunCallback(Run(directory=tmp_path, data=data))
    callback.set_model(keras.Sequential())
    assert callback.position is data
    assert callback.epoch_length == tiny.STEPS


def test_pictures_of_any_size_and_gray_ones_are_enlarged(tmp_path):
    callback = RunCallback(Run(directory=tmp_path))
    callback.set_model(tiny.network())
    for height, width, channels in ((6, 5, 3), (4, 9, 3), (6, 5, 1)):
        lr = np.full((height, width, channels), 90, np.uint8)
        sr = callback.enlarge(lr)
        assert sr.shape == (2 * height, 2 * width, channels)
        assert sr.dtype == np.uint8


def test_gray_is_mixed_as_an_evaluation_does_and_training_is_seen(tmp_path):
    callback = RunCallback(Run(directory=tmp_path))
    network = tiny.network()
    callback.set_model(network)
    gray = np.random.default_rng(0).integers(0, 256, (6, 5, 1), dtype=np.uint8)
    for _ in range(2):
        for weight in network.weights:
            weight.assign(weight + 0.1)
        evaluated = enlarge(Engine(network, precision="float32"), gray)
        apart = np.abs(callback.enlarge(gray).astype(int) - evaluated)
        assert apart.max() <= 1


def test_pictures_are_cut_into_tiles(tmp_path):
    callback = RunCallback(Run(directory=tmp_path))
    callback.set_model(tiny.network())
    lr = np.random.default_rng(0).integers(0, 256, (20, 24, 3), dtype=np.uint8)
    whole = callback.enlarge(lr)
    callback.run.engine.tile = 8
    assert np.abs(callback.enlarge(lr).astype(int) - whole).max() <= 1


def test_a_network_that_tells_nothing_of_itself(tmp_path):
    inputs = keras.Input((None, None, 3))
    callback = RunCallback(Run(directory=tmp_path))
    callback.set_model(keras.Model(inputs, keras.layers.UpSampling2D(2)(inputs)))
    assert callback.enlarge(np.zeros((4, 5, 3), np.uint8)).shape == (8, 10, 3)
