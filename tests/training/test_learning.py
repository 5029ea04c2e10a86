"""The adversarial step: with each paper's players, broken ones, and two devices."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from srkit.errors import ArgumentError, DivergedError, ImageError
from srkit.losses import RelativisticAverage, Vanilla, VGG19Content
from srkit.models import (
    GlobalPoolDiscriminator,
    InceptionResNetSR,
    RRDBNet,
    SRGANDiscriminator,
    SRResNet,
    UNetDiscriminator,
)
from srkit.training import AdversarialTrainer
from tests.layers.features.drawn import write_relu3_1
from tests.training import duels, tiny

SMALL = {"scale": 2, "filters": 8, "num_blocks": 1}


def cctv_gan(folder):
    return AdversarialTrainer(
        generator=InceptionResNetSR(**SMALL),
        discriminator=GlobalPoolDiscriminator(filters=2, units=4),
        pixel_loss="mse",
        adversarial_loss=Vanilla(saturating=True),
    )


def srgan(folder):
    return AdversarialTrainer(
        generator=SRResNet(**SMALL),
        discriminator=SRGANDiscriminator(size=16, filters=2, units=4),
        content_loss=VGG19Content("vgg22", **write_relu3_1(folder / "vgg.npz")),
    )


def esrgan(folder):
    return AdversarialTrainer(
        generator=RRDBNet(growth=4, **SMALL),
        discriminator=UNetDiscriminator(filters=2),
        pixel_loss=keras.losses.MeanAbsoluteError(),
        adversarial_loss=RelativisticAverage(),
    )


@pytest.mark.slow
@pytest.mark.parametrize("method", [cctv_gan, srgan, esrgan])
def test_contract_of_a_papers_players(method, tmp_path):
    """Both learn under `fit`, keep their settings, and are saved and loaded."""
    model = method(tmp_path)
    model.compile(keras.optimizers.Adam(1e-3))
    players = model.generator, model.discriminator
    before = [duels.arrays(player.trainable_variables) for player in players]
    data = tiny.Batches(2, make=duels.batch)
    history = model.fit(data, verbose=0, shuffle=False).history
    assert history["skipped"] == [0.0]
    assert np.isfinite([*history.values()]).all()
    for player, old in zip(players, before, strict=True):
        pairs = zip(old, duels.arrays(player.trainable_variables), strict=True)
        assert all((a != b).any() for a, b in pairs)

    model.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert again.settings == model.settings
    for old, new in zip(model.weights, again.weights, strict=True):
        np.testing.assert_array_equal(*duels.arrays([old, new]))


class Silent(Vanilla):
    """An adversarial loss of which one player's term is no number."""

    def __init__(self, player):
        super().__init__()
        setattr(self, player, lambda real, fake: keras.ops.mean(fake) * float("nan"))


@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_what_is_no_number_in_one_player_stops_both(player):
    model = duels.trainer(adversarial_loss=Silent(player), max_skipped=1)
    model.compile()
    before = duels.arrays([*model.variables, *model.optimizer.variables])
    with pytest.raises(DivergedError, match=r"2 steps in a row.*last good weights"):
        model.fit(tiny.Batches(make=duels.batch), verbose=0, shuffle=False)
    after = duels.arrays([*model.variables, *model.optimizer.variables])
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_discriminator_of_another_size_is_refused():
    model = AdversarialTrainer(
        generator=duels.generator(),
        discriminator=SRGANDiscriminator(size=24, filters=2, units=4),
        pixel_loss="mse",
    )
    model.compile()
    with pytest.raises(ArgumentError, match=r"SRGANDiscriminator.*24, 24.*Build it"):
        model.fit(tiny.Batches(make=duels.batch), verbose=0, shuffle=False)


@pytest.mark.slow
@pytest.mark.tensorflow
def test_two_devices_learn_like_one():
    script = [sys.executable, "-m", "tests.training.duel_on_two"]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(script, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.tensorflow
def test_crops_that_change_are_named():
    """TensorFlow, once it has seen two sizes, traces for any."""
    model = AdversarialTrainer(
        generator=duels.generator(),
        discriminator=SRGANDiscriminator(size=16, filters=2, units=4),
        pixel_loss="mse",
    )
    model.compile(jit_compile=False)
    lr, hr = duels.batch(0)
    model.train_on_batch(lr, hr)
    with pytest.raises(ArgumentError, match=r"must be \(N, 16, 16, 3\).*the `size` of"):
        model.train_on_batch(lr[:, :6, :6], hr[:, :12, :12])


def test_hr_of_another_scale_is_named():
    lr, hr = duels.batch(0)
    model = duels.trainer()
    model.compile()
    with pytest.raises(ImageError, match=r"`scale` \(=2\) times as large as LR"):
        model.train_on_batch(lr[:, :5, :5], hr)
