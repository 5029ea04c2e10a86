import dataclasses
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from srkit.errors import ArgumentError, ResumeError
from srkit.models import EDSR, SRGANDiscriminator, UNetDiscriminator
from srkit.training import (
    GanRecipe,
    TrainingDoctor,
    multistep,
    staged,
    storage,
    train_stages,
)
from tests.training import duels, runs, tiny

RECIPE = GanRecipe(
    network="EDSR",
    crop=16,
    scale=2,
    steps=4,
    steps_per_epoch=3,
    pretraining={"steps": 3},
    content="none",
    pixel_weight=1.0,
    precision="float32",
)


def run(folder, recipe=RECIPE, **options):
    keras.utils.set_random_seed(0)
    generator = EDSR(scale=2, filters=4, num_blocks=1)
    data = tiny.Batches(make=duels.batch)
    opponent = duels.discriminator()
    best = train_stages(
        generator, opponent, data, recipe, folder, pictures=(), **options
    )
    return best, generator


def test_both_stages_run_in_one_folder_and_the_second_starts_from_the_first(tmp_path):
    best, generator = run(tmp_path)
    assert best == tmp_path / "adversarial" / "best"
    card = (best.parent / "last" / "README.md").read_text()
    for part in ("EDSR x2", "4 of 4 steps", "inventions", '"pretraining"'):
        assert part in card
    first = EDSR.from_preset(tmp_path / "pretraining" / "last")
    assert first.adversarial == ""
    assert EDSR.from_preset(best).adversarial == "trained against a discriminator"
    begun = tmp_path / "adversarial" / "checkpoints"
    state = storage.read_state(sorted(begun.glob("*.npz"))[0])[0]
    assert any(np.array_equal(first.get_weights()[0], a) for a in state.values())
    second = EDSR.from_preset(tmp_path / "adversarial" / "last")
    for a, b in zip(second.get_weights(), generator.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    header = (tmp_path / "adversarial" / "log.csv").read_text().splitlines()[0]
    for figure in ("lr_psnr", "real_accuracy", "tint_red", "skipped", "learning_rate"):
        assert figure in header.split(",")
    # The same call finds nothing to do, and ends in the same weights.
    for a, b in zip(
        run(tmp_path)[1].get_weights(), generator.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(a, b)


def test_the_doctor_knows_the_runs_steps_and_averages(tmp_path):
    doctor = TrainingDoctor()
    run(tmp_path, more=[doctor])
    assert doctor.run.directory == tmp_path / "adversarial"
    assert doctor.run.step == 4
    assert doctor.run.average is not None


def test_another_configuration_is_refused_by_name(tmp_path):
    run(tmp_path)
    values = {**vars(RECIPE), "adversarial_weight": 0.5}
    with pytest.raises(
        ResumeError, match=r"`adversarial_weight` was 0\.001 and is now"
    ):
        run(tmp_path, GanRecipe(**values))
    assert GanRecipe.from_json((tmp_path / "recipe.json").read_text()) == RECIPE


def test_another_discriminator_is_refused_by_name(tmp_path, monkeypatch):
    run(tmp_path)
    monkeypatch.setattr(duels, "discriminator", lambda: UNetDiscriminator(filters=2))
    with pytest.raises(ResumeError, match=r"`discriminator\..* was .* and is now"):
        run(tmp_path)


def test_a_longer_last_stage_has_the_same_rates_or_is_refused(tmp_path):
    longer = dataclasses.replace(RECIPE, steps=5)
    staged._claim(tmp_path / "falling", RECIPE)
    with pytest.raises(ResumeError, match="`steps` was 4 and is now 5"):
        staged._claim(tmp_path / "falling", longer)
    stored = GanRecipe.from_json((tmp_path / "falling" / "recipe.json").read_text())
    assert stored == RECIPE
    for recipe in (RECIPE, longer):
        constant = dataclasses.replace(recipe, milestones=())
        staged._claim(tmp_path / "constant", constant)
    longer = dataclasses.replace(constant, steps=6, pretraining={})  # of both stages
    with pytest.raises(ResumeError, match="`pretraining"):
        staged._claim(tmp_path / "constant", longer)


def test_a_discriminator_of_another_size_is_refused_before_the_first_stage(tmp_path):
    opponent = SRGANDiscriminator(size=24, filters=2, units=4)
    data = tiny.Batches(make=duels.batch)
    with pytest.raises(ArgumentError, match=r"of 16 pixels.*Received: .* 24 x 24"):
        train_stages(duels.generator(), opponent, data, RECIPE, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_the_second_stage_has_batches_of_its_own(tmp_path, monkeypatch):
    begun = []

    def train(*args, first_batch=0, **options):
        begun.append(first_batch)

    monkeypatch.setattr(staged.session, "train", train)
    run(tmp_path, dataclasses.replace(RECIPE, pretraining={"steps": 4}))
    assert begun == [0, 6]  # four steps are two epochs of three, one cut short


def test_a_generator_that_comes_trained_needs_no_first_stage(tmp_path):
    recipe = GanRecipe(**{**vars(RECIPE), "pretraining": {"steps": 0}})
    run(tmp_path, recipe)
    assert not (tmp_path / "pretraining").exists()


def test_the_content_loss_is_made_as_the_recipe_says(monkeypatch):
    monkeypatch.setattr("srkit.losses.VGG19Content", dict)
    named = GanRecipe(content="esrgan", content_options={"distance": "l2"})
    assert named._content() == {"before_activation": True, "distance": "l2"}
    own = GanRecipe(
        content="vgg19-relu3_1",
        content_options={"layers": {"vgg22": 0.5}},
        content_weights="relu3_1.npz",
    )
    assert own._content() == {
        "network": "vgg19-relu3_1",
        "layers": {"vgg22": 0.5},
        "weights": "relu3_1.npz",
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"adversarial": "wgan"}, "adversarial"),
        ({"content": "vgg45"}, "`content` must be one of vgg54, .*squeezenet11, none"),
        ({"milestones": (1.5,)}, "milestones"),
        ({"milestones": (0.5, 0.25)}, "`milestones` must be rising"),
        ({"milestones": (0.1, 0.2), "steps": 2}, "`milestones`.* of 2 steps"),
        ({"factor": 0.0}, "`factor`"),
        ({"schedule": "cosine"}, r"take milestones=\(\) for 'cosine'"),
        ({"pretraining": {"schedule": "cosine", "warmup": 9, "steps": 9}}, "`warmup`"),
        ({"pretraining": {"stepps": 3}}, "stepps"),
        ({"pretraining": {"batch_size": 16}}, "leave 'batch_size' to the recipe"),
    ],
)
def test_settings_out_of_range_are_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        GanRecipe(**options)


@pytest.mark.parametrize("at", [[], [3, 2], [2, 2]])
def test_steps_of_a_schedule_rise(at):
    with pytest.raises(ArgumentError, match="at"):
        multistep(1e-4, at=at)


@pytest.mark.slow
@pytest.mark.tensorflow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_run_killed_in_both_stages_ends_in_the_same_weights(tmp_path, picture_folder):
    """SIGKILL once in each stage, at a random step."""
    chance = random.SystemRandom()
    kills = [
        f"pretraining:{chance.randint(1, 7)}",
        f"adversarial:{chance.randint(1, 7)}",
    ]
    script = Path(__file__).with_name("duel_attempts.py")
    for name, attempts in (("whole", ["-"]), ("broken", [*kills, "-"])):
        command = [sys.executable, script, picture_folder, tmp_path / name, *attempts]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        codes = [int(line.split()[1]) for line in done.stdout.splitlines()]
        expected = [0 if kill == "-" else -signal.SIGKILL for kill in attempts]
        assert codes == expected, f"{kills} {done.stderr}"
    for stage in ("pretraining", "adversarial"):
        runs.assert_equal(tmp_path / "whole" / stage, tmp_path / "broken" / stage)
