import keras
import numpy as np
import pytest

from srkit.errors import ArgumentError
from srkit.models import EDSR
from srkit.training.ema import MovingAverage
from srkit.training.keep import PresetKeeper, plain_card
from srkit.training.run import Run
from tests.training import tiny


def prepared(directory, model=None, **options):
    keeper = PresetKeeper(Run(directory=directory), **options)
    keeper.set_model(model or tiny.network())
    return keeper


def test_best_and_last_are_presets_with_a_card(tmp_path):
    keeper = prepared(tmp_path)
    kernel = keeper.model.trainable_variables[0]
    for step, figure in ((1, 20.0), (2, 25.0), (3, 24.0)):
        keeper.run.step = step
        kernel.assign(keras.ops.full(kernel.shape, step))
        keeper.on_epoch_end(step, {"val_psnr_y": figure, "loss": 1.0})
    for name, step in (("best", 2), ("last", 3)):
        network = EDSR.from_preset(tmp_path / name)
        assert (network.get_weights()[0] == step).all()
        card = (tmp_path / name / "README.md").read_text()
        assert f"After step {step}." in card
        assert "| val_psnr_y | 2" in card


def test_a_figure_is_told_under_its_protocol_and_a_sign_as_a_sign(tmp_path):
    run = Run(directory=tmp_path, protocol="Y601s|shave2")
    card = plain_card(run, {"tint_red": 0.5, "val_psnr_y": 25.0, "loss": 1.0})
    measured, signs = card.split("Signs at the last step")
    assert "as Y601s|shave2:\n\n| figure" in measured
    assert "val_psnr_y | 25" in measured
    assert signs.index("| loss | 1 |") < signs.index("| tint_red | 0.5 |")
    assert "Signs" not in plain_card(run, {"val_psnr_y": 25.0})
    assert "Measured" not in plain_card(Run(directory=tmp_path), {"loss": 1.0})


def test_what_is_kept_are_the_averages(tmp_path):
    keeper = prepared(tmp_path)
    average = MovingAverage(keeper.run)
    average.set_model(keeper.model)
    average.on_train_begin()
    average.values = [np.full_like(value, 7) for value in average.values]
    keeper.on_epoch_end(0, {"loss": 1.0})
    assert (tiny.weights(EDSR.from_preset(tmp_path / "best")) == 7).all()
    assert (tiny.weights(keeper.model) != 7).any()


def bests(keeper, *logs):
    return [keeper._note_best(each) for each in logs]


def test_low_losses_and_high_psnr_are_good(tmp_path):
    assert bests(prepared(tmp_path), {"loss": 2.0}, {"loss": 1.0}, {"loss": 1.5}) == [
        True,
        True,
        False,
    ]
    assert bests(
        prepared(tmp_path), {"val_psnr": 20.0}, {"val_psnr": 19.0}, {"val_psnr": 21.0}
    ) == [True, False, True]


def test_an_epoch_without_the_better_figure_says_nothing(tmp_path):
    assert bests(
        prepared(tmp_path),
        {"loss": 2.0},
        {"loss": 3.0, "val_loss": 9.0},
        {"loss": 0.1},
        {"loss": 3.0, "val_loss": 8.0},
    ) == [True, True, False, True]


def test_a_nan_or_nothing_is_never_best(tmp_path):
    keeper = prepared(tmp_path)
    assert bests(keeper, {"loss": float("nan")}, {}) == [False, False]


def test_another_figure_may_be_asked_for(tmp_path):
    keeper = prepared(tmp_path, monitor="val_loss")
    assert bests(keeper, {"val_psnr": 1.0}, {"val_loss": 1.0}) == [False, True]


@pytest.mark.parametrize(("monitor", "epoch"), [("val_pnsr", 0), ("val_psnr_y", 3)])
def test_a_figure_that_never_comes_is_refused(tmp_path, monitor, epoch):
    keeper = prepared(tmp_path, monitor=monitor)
    keeper.set_params({"epochs": 4})
    for earlier in range(epoch):
        keeper.on_epoch_end(earlier, {"loss": 1.0})
    with pytest.raises(ArgumentError, match=f"measured: loss. Received: '{monitor}'"):
        keeper.on_epoch_end(epoch, {"loss": 1.0})
    assert (tmp_path / "last").is_dir()


def test_a_resumed_run_may_choose_by_another_figure(tmp_path):
    keeper = prepared(tmp_path, monitor="psnr")
    keeper.run.best = {"figure": "val_psnr_y", "merit": 30.0, "step": 1}
    assert bests(keeper, {"psnr": 20.0}) == [True]


def test_a_model_that_is_no_super_resolver_is_saved_as_keras_does(tmp_path):
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(2)(inputs))
    prepared(tmp_path, model).on_epoch_end(0, {"loss": 1.0})
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["best.keras", "last.keras"]
    again = keras.saving.load_model(tmp_path / "best.keras")
    np.testing.assert_array_equal(tiny.weights(again), tiny.weights(model))
