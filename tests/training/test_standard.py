import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from srkit.data import PatchSequence
from srkit.errors import ArgumentError
from srkit.training import callbacks
from tests.training import tiny


def test_one_call_leaves_everything_in_the_directory(tmp_path):
    listed = callbacks(tmp_path / "run", validation=tiny.pictures(), show_every=1)
    tiny.compiled().fit(tiny.Batches(), epochs=2, callbacks=listed, verbose=0)
    names = sorted(path.name for path in (tmp_path / "run").iterdir())
    assert names == ["best", "checkpoints", "last", "log.csv", "tensorboard"]
    header = (tmp_path / "run" / "log.csv").read_text().split("\n")[0]
    assert header.endswith("learning_rate,loss,val_psnr_y,val_psnr_y_bicubic")


def test_each_callback_stands_after_those_it_needs(tmp_path):
    listed = callbacks(tmp_path, validation=tiny.pictures())
    assert all(isinstance(each, keras.callbacks.Callback) for each in listed)
    names = [type(each).__name__ for each in listed]
    assert names[:3] == ["StepCounter", "ShortEpoch", "MovingAverage"]
    assert names[-1] == "Checkpoint"
    assert names.index("Validation") < names.index("PresetKeeper")
    assert "Gallery" in names
    fewer = callbacks(tmp_path, ema=None, pictures=())
    names = [type(each).__name__ for each in fewer]
    assert not {"MovingAverage", "Validation", "Gallery"} & set(names)


def test_without_validation_crops_of_the_training_data_are_shown(
    tmp_path, picture_folder
):
    def fit(name, **options):
        keras.utils.set_random_seed(0)
        data = PatchSequence(
            picture_folder, scale=2, crop=16, batch_size=2, steps_per_epoch=2
        )
        model = tiny.compiled()
        listed = callbacks(tmp_path / name, data=data, show_every=1, **options)
        model.fit(data, epochs=2, callbacks=listed, verbose=0)
        assert data.position.get() == 4
        return tiny.weights(model)

    shown = fit("shown")
    board = EventAccumulator(str(tmp_path / "shown" / "tensorboard")).Reload()
    assert board.Tags()["images"][0] == "crop 0: bicubic, network, HR"
    # The look at a batch costs the training none.
    np.testing.assert_array_equal(fit("not shown", pictures=()), shown)


def test_arguments_out_of_range_are_refused(tmp_path):
    for name in ("validate_every", "show_every"):
        with pytest.raises(ArgumentError, match=f"`{name}`.*Received: 0"):
            callbacks(tmp_path, **{name: 0})
    with pytest.raises(ArgumentError, match="decay"):
        callbacks(tmp_path, ema=1.5)
    with pytest.raises(ArgumentError, match="every"):
        callbacks(tmp_path, checkpoint_every=0)


def run(code, *arguments, **environment):
    import os

    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


ON_JAX = """
    import sys
    from pathlib import Path
    import keras, numpy as np
    from srkit import training
    from srkit.data import PatchSequence
    from srkit.models import EDSR

    class Stop(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if self.model.epoch == 1 and batch == 1:
                raise InterruptedError
        def on_epoch_begin(self, epoch, logs=None):
            self.model.epoch = epoch

    def fit(name, *more):
        keras.utils.set_random_seed(0)
        model = EDSR(scale=2, filters=4, num_blocks=1)
        model.compile(optimizer=keras.optimizers.SGD(0.1, momentum=0.9), loss="mae")
        data = PatchSequence(
            sys.argv[1], scale=2, crop=16, batch_size=2, steps_per_epoch=3
        )
        folder = Path(sys.argv[2]) / name
        listed = training.callbacks(folder, checkpoint_every=2, pictures=())
        held_out = (np.zeros((1, 8, 8, 3)), np.zeros((1, 16, 16, 3)))
        model.fit(
            data, epochs=2, callbacks=[*listed, *more], verbose=0,
            validation_data=held_out,
        )
        return model, listed[2]

    whole, average = fit("whole")
    for mine, theirs in zip(average.values, whole.get_weights()):
        np.testing.assert_array_equal(mine, theirs)
    try:
        fit("broken", Stop())
    except InterruptedError:
        print("broken")
    resumed, _ = fit("broken")
    assert keras.backend.backend() == "jax"
    for mine, theirs in zip(resumed.get_weights(), whole.get_weights()):
        np.testing.assert_array_equal(mine, theirs)
    assert (Path(sys.argv[2]) / "broken" / "best" / "model.weights.h5").is_file()
"""


@pytest.mark.slow
def test_a_broken_run_on_jax_ends_in_the_same_weights(tmp_path, picture_folder):
    pytest.importorskip("jax")
    output = run(ON_JAX, picture_folder, tmp_path, KERAS_BACKEND="jax")
    assert output == "broken\n"


ON_TWO_DEVICES = """
    import sys
    from pathlib import Path
    import tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)
    import contextlib
    import keras, numpy as np
    from srkit import data, training
    from srkit.models import EDSR

    def fit(name, epochs=2, strategy=None):
        keras.utils.set_random_seed(0)
        with strategy.scope() if strategy else contextlib.nullcontext():
            model = EDSR(scale=2, filters=4, num_blocks=1)
            model.compile(optimizer=keras.optimizers.SGD(0.1, momentum=0.9), loss="mae")
        pairs = data.pairs(
            sys.argv[1], scale=2, crop=16, batch_size=4, steps_per_epoch=3
        )
        folder = Path(sys.argv[2]) / name
        held_out = [("0", np.zeros((8, 8, 3), "uint8"), np.zeros((16, 16, 3), "uint8"))]
        listed = training.callbacks(folder, validation=held_out, pictures=())
        model.fit(pairs, epochs=epochs, callbacks=listed, verbose=0, shuffle=False)
        return np.concatenate([np.ravel(w) for w in model.get_weights()])

    two = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    assert two.num_replicas_in_sync == 2
    fit("mirrored", epochs=1, strategy=two)
    resumed = fit("mirrored", strategy=two)
    np.testing.assert_allclose(fit("one"), resumed, atol=1e-5)
"""


@pytest.mark.slow
@pytest.mark.tensorflow
def test_two_devices_train_like_one(tmp_path, picture_folder):
    run(ON_TWO_DEVICES, picture_folder, tmp_path)
