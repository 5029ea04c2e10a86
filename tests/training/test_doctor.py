import keras
import numpy as np
import pytest

from srkit.errors import ArgumentError
from srkit.training import TrainingDoctor
from srkit.training.ailments import AILMENTS
from tests.training import duels, tiny

HEALTHY = {
    "real_accuracy": 0.9,
    "fake_accuracy": 0.95,
    "content_pull": 3.0,
    "adversarial_pull": 0.5,
    "lr_psnr": 38.0,
    "lr_psnr_gap": 20.0,
    "checkerboard": 1.2,
    "diversity": 1.02,
    "below_zero": 1.0,
    "tint_red": 0.4,
    "tint_green": -0.3,
    "tint_blue": 0.2,
    "generator_movement": 2e-3,
    "discriminator_movement": 3e-3,
}
ILL = {
    "learning rate": {"generator_movement": 0.2, "lr_psnr": 9, "adversarial_pull": 1e3},
    "range": {"below_zero": 0.02, "lr_psnr": 7.0, "tint_red": 70.0},
    "content term too weak": {"content_pull": 1e-4},
    "adversarial term too strong": {"adversarial_pull": 500.0, "tint_blue": -30.0},
    "checkerboard": {"checkerboard": 300.0, "lr_psnr": 15.0},
    "no pre-training": {"lr_psnr": 8.0, "lr_psnr_gap": 50.0, "tint_red": 60.0},
    "tint": {"tint_green": -20.0},
    "unfaithful": {"lr_psnr": 14.0},
    "collapse": {"diversity": 0.05},
    "adversarial term without effect": {
        "real_accuracy": 1.0,
        "fake_accuracy": 1.0,
        "adversarial_pull": 1e-6,
    },
}


def watch(figures, *, steps=120, first=0, **options):
    doctor = TrainingDoctor(**options)
    doctor.on_train_begin()
    doctor.run.step = first
    for batch in range(steps):
        doctor.on_train_batch_end(batch, figures)
    return doctor


def test_every_ailment_is_tested():
    assert set(ILL) == {ailment.name for ailment in AILMENTS}


@pytest.mark.parametrize("name", ILL)
def test_each_ailment_is_said_once_and_no_other(name, capsys):
    first = 0 if name == "no pre-training" else 100
    doctor = watch({**HEALTHY, **ILL[name]}, first=first)
    assert [finding.ailment for finding in doctor.findings] == [name]
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert doctor.findings[0].sentence in said
    assert "{" not in said


def test_a_healthy_run_and_another_kind_of_training_are_left_in_peace(capsys):
    assert not watch(HEALTHY).findings
    assert not watch({"loss": 1.0}).findings
    assert capsys.readouterr().err == ""


def test_degraded_lr_asks_no_more_than_hr_can_give():
    poor = {**HEALTHY, "lr_psnr": 20.0, "lr_psnr_gap": -1.0}
    assert not watch(poor).findings


def test_a_sign_must_last():
    doctor = TrainingDoctor()
    doctor.on_train_begin()
    for batch in range(200):
        doctor.on_train_batch_end(
            batch, {**HEALTHY, "diversity": 0.05 if batch % 40 else 1.0}
        )
    assert not doctor.findings


def test_how_a_run_was_begun_is_only_asked_at_its_beginning():
    late = watch({**HEALTHY, "lr_psnr": 17.0, "lr_psnr_gap": 30.0}, first=1000)
    assert not late.findings


def test_stop_ends_the_run_with_the_last_good_weights(capsys):
    class Spoil(keras.callbacks.Callback):
        """Makes the figures of the third step those of an ill run."""

        def on_train_batch_end(self, batch, logs=None):
            logs.update({**HEALTHY, "below_zero": 0.02 if batch >= 2 else 1.0})

    model = duels.trainer()
    model.compile()
    start = duels.arrays(model.generator.weights)
    doctor = TrainingDoctor(stop=True)
    data = tiny.Batches(9, make=duels.batch)
    history = model.fit(
        data, epochs=2, callbacks=[Spoil(), doctor], verbose=0, shuffle=False
    )
    assert [finding.step for finding in doctor.findings] == [5]
    assert history.epoch == [0]
    for old, new in zip(start, model.generator.weights, strict=True):
        np.testing.assert_array_equal(old, duels.arrays([new])[0])
    assert "range is wrong" in capsys.readouterr().err


def test_real_figures_reach_it():
    """A generator of [0, 1], in a real fit."""
    model = duels.trainer()
    inputs = keras.Input((None, None, 3))
    generator = keras.Model(
        inputs, keras.layers.Activation("sigmoid")(model.generator(inputs))
    )
    generator.scale = 2
    wrong = type(model)(
        generator=generator, discriminator=model.discriminator, pixel_loss="mse"
    )
    wrong.compile()
    doctor = TrainingDoctor()
    data = tiny.Batches(6, make=duels.batch)
    wrong.fit(data, callbacks=[doctor], verbose=0, shuffle=False)
    assert [finding.ailment for finding in doctor.findings] == ["range"]


def test_looks_must_be_some_steps_apart():
    with pytest.raises(ArgumentError, match="every"):
        TrainingDoctor(every=0)
