import warnings

import keras
import numpy as np
import pytest

from srkit.errors import ArgumentError, DivergedError, ResumeError
from srkit.training import callbacks, storage
from srkit.training.checkpoint import Checkpoint
from srkit.training.run import Run, StepCounter
from tests.training import tiny


class Stop(keras.callbacks.Callback):
    """Breaks a run off after some steps of an epoch, as a kill does."""

    def __init__(self, epoch, batch):
        super().__init__()
        self.place = (epoch, batch)

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self.epoch, batch) == self.place:
            raise InterruptedError


def fit(directory, *, epochs=2, stop=None, model=None, data=None, **options):
    model = model or tiny.compiled()
    listed = callbacks(directory, data=data, checkpoint_every=2, pictures=(), **options)
    if stop:
        listed.append(Stop(*stop))
    model.fit(
        data or tiny.Batches(),
        epochs=epochs,
        callbacks=listed,
        verbose=0,
        shuffle=False,
    )
    return model


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Weights of a run that nothing broke off."""
    keras.utils.set_random_seed(0)
    return tiny.weights(fit(tmp_path_factory.mktemp("whole")))


@pytest.mark.parametrize("stop", [(0, 1), (1, 0), (1, 2)])
def test_a_resumed_run_gives_the_weights_of_an_unbroken_one(tmp_path, whole, stop):
    with pytest.raises(InterruptedError):
        fit(tmp_path / "broken", stop=stop)
    with warnings.catch_warnings():
        # A short epoch is no lack of data.
        warnings.filterwarnings("error", message="Your input ran out of data")
        resumed = fit(tmp_path / "broken")
    np.testing.assert_allclose(tiny.weights(resumed), whole, rtol=1e-6)
    steps = [str(step) for step in (3, 6)]
    rows = (tmp_path / "broken" / "log.csv").read_text().splitlines()[1:]
    assert [row.split(",")[1] for row in rows] == steps


def test_a_finished_run_is_made_longer(tmp_path):
    fit(tmp_path / "two", epochs=1)
    assert fit(tmp_path / "two", epochs=2).history.epoch == [1]
    assert fit(tmp_path / "two", epochs=2).history.epoch == []


def test_a_run_may_begin_where_the_data_of_another_ended(tmp_path):
    seen = []

    def noted(index):
        seen.append(index)
        return tiny.batch(index)

    with pytest.raises(InterruptedError):
        fit(tmp_path, stop=(1, 1), data=tiny.Batches(make=noted), first_batch=6)
    assert {6, 7, 8, 9} <= {*seen}
    seen.clear()
    fit(tmp_path, data=tiny.Batches(make=noted), first_batch=6)
    assert {10, 11} <= {*seen}
    assert {*seen}.isdisjoint({6, 7, 8, 9, 12})


def test_everything_of_the_state_comes_back(tmp_path):
    first = fit(tmp_path, epochs=1)
    run = Run(directory=tmp_path)
    second = tiny.compiled()
    checkpoint = Checkpoint(run, extra={"ema": 0.999})
    checkpoint.set_model(second)
    second.training_data = tiny.Batches()
    np.random.seed(5)  # noqa: NPY002 - the global one
    checkpoint.on_train_begin()
    assert (run.step, run.epoch, run.best["step"]) == (3, 1, 3)
    assert second._initial_epoch == 1
    for mine, theirs in zip(
        second.optimizer.variables, first.optimizer.variables, strict=True
    ):
        np.testing.assert_array_equal(mine, theirs)
    checkpoint.on_epoch_begin(1)
    assert second.training_data.get() == 3
    assert second._initial_epoch is None


def test_only_the_newest_are_kept(tmp_path):
    fit(tmp_path, keep=2)
    names = [path.name for path in sorted((tmp_path / "checkpoints").iterdir())]
    assert names == ["step-00000004.npz", "step-00000006.npz"]


def test_a_damaged_checkpoint_falls_back_to_an_older_one(tmp_path, whole, recwarn):
    fit(tmp_path)
    (tmp_path / "checkpoints" / "step-00000006.npz").write_bytes(b"half")
    resumed = fit(tmp_path)
    assert any("00000006.npz is damaged" in str(each.message) for each in recwarn)
    np.testing.assert_allclose(tiny.weights(resumed), whole, rtol=1e-6)


def test_a_future_that_was_left_takes_no_room(tmp_path, recwarn):
    fit(tmp_path)
    newest = tmp_path / "checkpoints" / "step-00000006.npz"
    newest.write_bytes(b"half")
    with pytest.raises(InterruptedError):
        fit(tmp_path, stop=(1, 1), keep=1, epochs=3)
    names = [path.name for path in sorted(newest.parent.iterdir())]
    assert names == ["step-00000004.npz", newest.name]  # nothing saved yet
    fit(tmp_path, keep=1, steps=5)
    assert [path.name for path in newest.parent.iterdir()] == ["step-00000005.npz"]


def test_a_checkpoint_that_cannot_be_read_is_waited_for(tmp_path, monkeypatch):
    fit(tmp_path, epochs=1)

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(storage.Path, "read_bytes", refuse)
    with pytest.raises(ResumeError, match=r"cannot be read: Permission denied"):
        fit(tmp_path, epochs=1)


def test_a_checkpoint_of_another_form_is_told(tmp_path):
    fit(tmp_path, epochs=1)
    newest = tmp_path / "checkpoints" / "step-00000003.npz"
    arrays, facts = storage.read_state(newest)
    del facts["settings"]
    storage.write_state(newest, arrays, facts)
    with pytest.raises(ResumeError, match="lacks settings"):
        fit(tmp_path, epochs=1)


def test_a_run_that_its_limit_cut_short_is_made_longer(tmp_path, whole):
    keras.utils.set_random_seed(0)
    fit(tmp_path, steps=4)
    again = fit(tmp_path, steps=4)
    assert again.history.epoch == []
    longer = fit(tmp_path, steps=6)
    np.testing.assert_allclose(tiny.weights(longer), whole, rtol=1e-6)
    rows = (tmp_path / "log.csv").read_text().splitlines()[1:]
    assert [row.split(",")[:2] for row in rows] == [["1", "3"], ["2", "6"]]


def test_a_rate_that_a_callback_changed_is_gone_on_with(tmp_path):
    first = tiny.compiled()
    first.optimizer.learning_rate = 1e-4  # as ReduceLROnPlateau does
    fit(tmp_path, epochs=1, model=first)
    assert float(fit(tmp_path).optimizer.learning_rate) == pytest.approx(1e-4)


def test_without_a_whole_checkpoint_nothing_is_begun_anew(tmp_path, recwarn):
    fit(tmp_path, epochs=1)
    for path in (tmp_path / "checkpoints").iterdir():
        path.write_bytes(b"")
    with pytest.raises(ResumeError, match="damaged"):
        fit(tmp_path, epochs=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "wider"}, "network.filters` was 4 and is now 6"),
        ({"ema": 0.5}, r"`ema` was 0\.999 and is now 0\.5"),
        ({"settings": {"seed": 3}}, "`seed` was unset and is now 3"),
    ],
)
def test_other_settings_are_refused_by_name(tmp_path, options, message):
    fit(tmp_path, epochs=1)
    if "model" in options:
        from srkit.models import EDSR

        model = EDSR(scale=2, filters=6, num_blocks=1)
        model.compile(optimizer=keras.optimizers.SGD(1e-3, momentum=0.9), loss="mae")
        options = {"model": model}
    with pytest.raises(ResumeError, match=message):
        fit(tmp_path, **options)


def test_other_data_are_refused(tmp_path):
    data = tiny.Batches()
    data.settings = {"crop": 48}
    fit(tmp_path, epochs=1, data=data)
    other = tiny.Batches()
    other.settings = {"crop": 96}
    with pytest.raises(ResumeError, match=r"`data.crop` was 48 and is now 96"):
        fit(tmp_path, data=other)


def test_weights_that_are_no_numbers_are_never_saved(tmp_path):
    model = fit(tmp_path, epochs=1)
    run = Run(directory=tmp_path, step=3)
    checkpoint = Checkpoint(run)
    checkpoint.set_model(model)
    good, _ = storage.read_state(checkpoint.save())
    run.step = 4
    kernel = model.trainable_variables[0]
    kernel.assign(kernel * np.nan)
    with pytest.raises(DivergedError, match=r"step 4.*lower learning rate"):
        checkpoint.save()
    np.testing.assert_array_equal(kernel, good["model/0000"])
    assert not (tmp_path / "checkpoints" / "step-00000004.npz").exists()


def test_data_without_position_begin_their_epoch_again(tmp_path):
    lr, hr = tiny.batch(0)
    options = {"epochs": 2, "batch_size": 1, "verbose": 0}
    listed = [*callbacks(tmp_path, checkpoint_every=1, pictures=()), Stop(1, 1)]
    with pytest.raises(InterruptedError):
        tiny.compiled().fit(lr, hr, callbacks=listed, **options)
    model = tiny.compiled()
    model.fit(
        lr,
        hr,
        callbacks=callbacks(tmp_path, checkpoint_every=1, pictures=()),
        **options,
    )
    assert model.history.epoch == [1]
    assert int(model.optimizer.iterations) == 2 + 1 + 2


def test_exact_resuming_needs_data_with_a_position(tmp_path):
    run = Run(directory=tmp_path)
    model = tiny.compiled()
    lr, hr = tiny.batch(0)
    with pytest.raises(ArgumentError, match="position"):
        model.fit(lr, hr, callbacks=[Checkpoint(run, exact=True)], verbose=0)


def test_an_unbuilt_model_is_refused(tmp_path):
    model = keras.Sequential([keras.layers.Conv2D(3, 3, padding="same")])
    model.compile(optimizer="sgd", loss="mae")
    checkpoint = Checkpoint(Run(directory=tmp_path))
    checkpoint.set_model(model)
    with pytest.raises(ArgumentError, match="built"):
        checkpoint.on_train_begin()


def test_a_request_to_stop_saves_and_stops(tmp_path):
    run = Run(directory=tmp_path, interrupted=2)
    listed = [StepCounter(run), Checkpoint(run)]
    with pytest.raises(KeyboardInterrupt):
        tiny.compiled().fit(tiny.Batches(), callbacks=listed, verbose=0)
    names = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert names == ["step-00000000.npz", "step-00000001.npz"]


def test_a_request_in_the_last_step_of_an_epoch_waits_for_its_end(tmp_path):
    run = Run(directory=tmp_path)

    class Ask(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            run.interrupted = int(batch == tiny.STEPS - 1)

    listed = [StepCounter(run), Ask(), Checkpoint(run)]
    with pytest.raises(KeyboardInterrupt):
        tiny.compiled().fit(tiny.Batches(), epochs=2, callbacks=listed, verbose=0)
    facts = storage.read_state(tmp_path / "checkpoints" / "step-00000003.npz")[1]
    assert (facts["step"], facts["epoch"]) == (3, 1)


@pytest.mark.parametrize("options", [{"every": 0}, {"keep": 0}])
def test_no_checkpoints_at_all_are_refused(tmp_path, options):
    with pytest.raises(ArgumentError, match="at least 1"):
        Checkpoint(Run(directory=tmp_path), **options)
