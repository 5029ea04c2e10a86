import os
import random
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from srkit.data.degradations import find_degradation
from srkit.errors import ArgumentError, ResumeError
from srkit.models import EDSR
from srkit.training import Recipe, train
from srkit.training.run import Run
from srkit.training.session import stopped_by_signals
from tests.training import runs, tiny

RECIPE = Recipe(scale=2, steps=4, steps_per_epoch=3, warmup=1, precision="float32")


class Once(keras.callbacks.Callback):
    """Sends this process a signal after its first step."""

    def __init__(self, number):
        super().__init__()
        self.number = number

    def on_train_batch_end(self, batch, logs=None):
        if batch == 0:
            os.kill(os.getpid(), self.number)


@pytest.mark.parametrize(
    ("options", "figure"),
    [({}, "loss"), ({"validation": True}, "val_psnr_y"), ({"monitor": "psnr"}, "psnr")],
)
def test_on_a_plateau_the_rate_is_divided_by_the_figure_that_is_watched(
    tmp_path, monkeypatch, options, figure
):
    made = []

    class Plateau(keras.callbacks.Callback):
        def __init__(self, monitor, **settings):
            super().__init__()
            made.append((monitor, settings["mode"], settings["factor"]))

    monkeypatch.setattr(keras.callbacks, "ReduceLROnPlateau", Plateau)
    if "validation" in options:
        options = {"validation": list(tiny.pictures())}
    recipe = replace(RECIPE, schedule="plateau")
    train(tiny.network(), tiny.Batches(), recipe, tmp_path / "run", **options)
    mode = "max" if figure == "val_psnr_y" else "min"
    assert made == [(figure, mode, 0.1)]


def test_data_shrunk_otherwise_than_the_recipe_says_are_refused(tmp_path):
    data = tiny.Batches()
    data.settings = {"downsizes": [1.0]}
    with pytest.raises(ArgumentError, match="downsizes"):
        train(tiny.network(), data, RECIPE, tmp_path / "run")


def test_a_run_leaves_presets_a_card_and_its_recipe(tmp_path):
    validation = list(tiny.pictures())
    best = train(
        tiny.network(),
        tiny.Batches(),
        RECIPE,
        tmp_path / "edsr_x2",
        validation=validation,
        command="srkit train edsr",
    )
    assert best == tmp_path / "edsr_x2" / "best"
    network = EDSR.from_preset(best)
    assert network.scale == 2
    card = (best / "README.md").read_text()
    for part in ("EDSR x2", "4 of 4 steps", "val_psnr_y", "Y601s|shave2", '"steps": 4'):
        assert part in card
    assert "srkit train edsr" in card
    assert Recipe.from_json((best.parent / "recipe.json").read_text()) == RECIPE
    # The same call finds nothing to do.
    again = train(
        tiny.network(), tiny.Batches(), RECIPE, best.parent, validation=validation
    )
    assert again == best


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_stops_and_the_same_call_goes_on(tmp_path, number, capsys):
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt, match="stopped after step 2"):
        train(
            tiny.network(),
            tiny.Batches(),
            RECIPE,
            tmp_path,
            pictures=(),
            more=[Once(number)],
        )
    assert signal.getsignal(number) is before
    assert (tmp_path / "checkpoints" / "step-00000002.npz").exists()
    assert "for 2 of 4 steps" in (tmp_path / "last" / "README.md").read_text()
    assert EDSR.from_preset(tmp_path / "last").scale == RECIPE.scale
    capsys.readouterr()
    model = tiny.network()
    train(model, tiny.Batches(), RECIPE, tmp_path, pictures=())
    assert capsys.readouterr().err.count("goes on after step 2\n") == 1
    assert int(model.optimizer.iterations) == RECIPE.steps


def test_a_second_signal_stops_at_once(tmp_path):
    run = Run(directory=tmp_path)
    with pytest.raises(KeyboardInterrupt), stopped_by_signals(run):
        signal_twice()
    assert run.interrupted == signal.SIGINT


def signal_twice():
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGINT)


def test_another_thread_leaves_signals_alone(tmp_path):
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def work():
        with stopped_by_signals(Run(directory=tmp_path)):
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"crop": 48}, "crop=192. Received: crop=48"),
        ({"steps_per_epoch": 5}, "steps_per_epoch=3. Received: steps_per_epoch=5"),
        ({"kernel": "lanczos3"}, "kernel='bicubic'. Received: kernel='lanczos3'"),
    ],
)
def test_data_that_the_recipe_does_not_describe_are_refused(
    tmp_path, settings, message
):
    data = tiny.Batches()
    data.settings = settings
    with pytest.raises(ArgumentError, match=message):
        train(tiny.network(), data, RECIPE, tmp_path)
    with pytest.raises(ArgumentError, match="steps_per_epoch=5"):
        train(tiny.network(), tiny.Batches(5), RECIPE, tmp_path)
    assert not list(tmp_path.iterdir())


def test_data_of_another_degradation_are_refused(tmp_path):
    jpeg, night = find_degradation("jpeg"), replace(RECIPE, degradation="night-sensor")
    clean, degraded = tiny.Batches(), tiny.Batches()
    clean.settings, degraded.settings = {}, {"degradation": jpeg.to_dict()}
    for recipe, data, message in (
        (RECIPE, degraded, r"degradation=None. Received: degradation=\{'kind': 'jpeg'"),
        (night, clean, r"degradation=\{'kind': .*Received: degradation=None"),
        (night, degraded, r"Received: degradation=\{'kind': 'jpeg', 'quality'"),
    ):
        with pytest.raises(ArgumentError, match=message):
            train(tiny.network(), data, recipe, tmp_path)
    recipe = replace(RECIPE, degradation="jpeg")
    train(tiny.network(), degraded, recipe, tmp_path, pictures=())


def test_a_constant_rate_is_a_setting_of_the_recipe(tmp_path):
    steady = replace(RECIPE, schedule="constant")
    train(tiny.network(), tiny.Batches(), steady, tmp_path, pictures=())
    other = replace(steady, learning_rate=1e-2)
    with pytest.raises(ResumeError, match=r"`learning_rate` was 0\.0005"):
        train(tiny.network(), tiny.Batches(), other, tmp_path, pictures=())


def test_another_recipe_is_refused_and_the_old_one_stays(tmp_path):
    train(tiny.network(), tiny.Batches(), RECIPE, tmp_path, pictures=())
    other = Recipe.from_json(RECIPE.to_json().replace('"seed": 0', '"seed": 1'))
    with pytest.raises(ResumeError, match="`seed` was 0 and is now 1"):
        train(tiny.network(), tiny.Batches(), other, tmp_path, pictures=())
    assert Recipe.from_json((tmp_path / "recipe.json").read_text()) == RECIPE


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize(
    ("precision", "times"),
    [
        ("float32", 1),
        pytest.param("float32", 3, marks=pytest.mark.long),
        pytest.param("bfloat16", 3, marks=pytest.mark.long),
    ],
)
def test_killed_runs_end_in_the_weights_of_an_unbroken_one(
    tmp_path, picture_folder, precision, times
):
    """SIGKILL at random steps, then while a checkpoint is half written."""
    kills = [str(random.SystemRandom().randint(1, 4)) for _ in range(times)]
    kills += ["write", "-"]
    script = Path(__file__).with_name("attempts.py")
    for name, attempts in (("whole", ["-"]), ("broken", kills)):
        command = [sys.executable, script, picture_folder, tmp_path / name]
        command += [precision, *attempts]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        codes = [int(line.split()[1]) for line in done.stdout.splitlines()]
        expected = [0 if kill == "-" else -signal.SIGKILL for kill in attempts]
        assert codes == expected, done.stderr
    whole, broken = (tmp_path / name for name in ("whole", "broken"))
    a, b = (np.load(folder / "weights.npy") for folder in (whole, broken))
    assert a.tobytes() == b.tobytes(), kills
    runs.assert_equal(whole, broken)
    assert [row["step"] for row in runs.rows(broken)] == ["4", "8", "12"]
    assert not list((broken / "checkpoints").glob(".*"))
