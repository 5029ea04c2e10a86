import numpy as np
import pytest

from srkit.errors import DivergedError
from srkit.training import callbacks, storage
from tests.training import tiny


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
