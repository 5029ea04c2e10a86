import numpy as np
import pytest

from srkit.errors import DivergedError
from srkit.training import callbacks, storage
from srkit.training.guard import SkipGuard
from tests.training import duels, tiny


def with_a_nan(index):
    lr, hr = tiny.batch(index)
    return lr, (hr * np.nan if index == 4 else hr)


def test_a_loss_that_is_no_number_ends_the_run_at_its_step(tmp_path):
    model = tiny.compiled()
    listed = callbacks(tmp_path, checkpoint_every=2, pictures=())
    data = tiny.Batches(make=with_a_nan)
    with pytest.raises(DivergedError, match="`loss` is nan at step 5"):
        model.fit(data, epochs=3, callbacks=listed, verbose=0, shuffle=False)
    path = tmp_path / "checkpoints" / "step-00000004.npz"
    good, _ = storage.read_state(path)
    for index, variable in enumerate(model.variables):
        np.testing.assert_array_equal(variable, good[f"model/{index:04d}"])
    assert np.isfinite(tiny.weights(model)).all()


def test_the_last_good_weights_of_a_run_are_saved_before_it_ends(tmp_path):
    def broken(index):
        lr, hr = duels.batch(index)
        return (lr * np.nan if index > 2 else lr), hr

    model = duels.trainer(max_skipped=1)
    model.compile(run_eagerly=True)
    listed = callbacks(tmp_path, checkpoint_every=100, ema=None, pictures=())
    data = tiny.Batches(9, make=broken)
    with pytest.raises(DivergedError, match=r"2 steps in a row.*model and in ") as told:
        model.fit(data, callbacks=listed, verbose=0, shuffle=False)
    path = tmp_path / "checkpoints" / "step-00000004.npz"
    assert str(path) in str(told.value)
    good, _ = storage.read_state(path)
    for index, variable in enumerate(model.variables):
        np.testing.assert_array_equal(variable, good[f"model/{index:04d}"])
    assert good["optimizer/0000"] == 3


def test_steps_of_one_execution_count_one_by_one():
    guard = SkipGuard(5)
    guard.set_model(duels.trainer())
    guard.on_train_batch_begin(0)
    guard.on_train_batch_end(2, {"skipped": 3.0})
    guard.on_train_batch_end(5, {"skipped": 5.0})  # one of these three was sound
    guard.on_train_batch_end(8, {"skipped": 8.0})
    with pytest.raises(DivergedError, match="6 steps in a row, up to step 12"):
        guard.on_train_batch_end(11, {"skipped": 11.0})
