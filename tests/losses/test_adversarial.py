import json

import keras
import numpy as np
import pytest
from keras import ops

from srkit.errors import ArgumentError
from srkit.losses import LeastSquares, RelativisticAverage, Vanilla

LOSSES = [
    Vanilla(),
    Vanilla(smoothing=0.1, saturating=True),
    RelativisticAverage(),
    LeastSquares(),
]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def logits(shape=(5, 1)):
    rng = np.random.default_rng(3)
    return [rng.normal(mean, 2, shape).astype(np.float32) for mean in (1, -1)]


def test_vanilla_is_the_cross_entropy_of_the_papers():
    real, fake = logits()
    assert float(Vanilla().generator(real, fake)) == pytest.approx(
        -np.log(sigmoid(fake)).mean(), rel=1e-5
    )
    saturating = Vanilla(saturating=True)
    assert float(saturating.generator(real, fake)) == pytest.approx(
        np.log(1 - sigmoid(fake)).mean(), rel=1e-5
    )
    smooth = Vanilla(smoothing=0.1)
    real_part = -(0.9 * np.log(sigmoid(real)) + 0.1 * np.log(1 - sigmoid(real))).mean()
    fake_part = -np.log(1 - sigmoid(fake)).mean()
    assert float(smooth.discriminator(real, fake)) == pytest.approx(
        (real_part + fake_part) / 2, rel=1e-5
    )


def test_relativistic_compares_with_the_average_of_the_other_kind():
    real, fake = logits()
    mine = -np.log(sigmoid(real - fake.mean())).mean()
    theirs = -np.log(1 - sigmoid(fake - real.mean())).mean()
    loss = RelativisticAverage()
    assert float(loss.discriminator(real, fake)) == pytest.approx(
        (mine + theirs) / 2, rel=1e-5
    )
    mine = -np.log(1 - sigmoid(real - fake.mean())).mean()
    theirs = -np.log(sigmoid(fake - real.mean())).mean()
    assert float(loss.generator(real, fake)) == pytest.approx(
        (mine + theirs) / 2, rel=1e-5
    )


def test_least_squares_is_half_a_squared_distance():
    real, fake = logits()
    assert float(LeastSquares().generator(real, fake)) == pytest.approx(
        ((fake - 1) ** 2).mean() / 2, rel=1e-5
    )
    assert float(LeastSquares().discriminator(real, fake)) == pytest.approx(
        (((real - 1) ** 2).mean() + (fake**2).mean()) / 2, rel=1e-5
    )


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_each_pulls_its_player_the_right_way_and_survives_certainty(loss):
    real, fake = logits()
    assert loss.generator(real, fake + 1) < loss.generator(real, fake)
    better = float(loss.discriminator(np.full((5, 1), 0.9), np.full((5, 1), -0.1)))
    worse = float(loss.discriminator(np.full((5, 1), -0.1), np.full((5, 1), 0.9)))
    assert better < worse
    for sure in (1e4, -1e4):
        certain = np.full((5, 1), sure, np.float32)
        for term in (loss.generator, loss.discriminator):
            assert np.isfinite(float(term(certain, -certain)))
    mine, theirs = loss.margins(np.full((5, 1), 3.0), np.full((5, 1), -3.0))
    assert ops.all(mine > 0)
    assert ops.all(theirs > 0)


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_each_is_float32_takes_maps_and_comes_back_from_json(loss):
    real, fake = logits((2, 6, 5, 1))
    half = [ops.cast(ops.convert_to_tensor(each), "bfloat16") for each in (real, fake)]
    value = loss.discriminator(*half)
    assert keras.backend.standardize_dtype(value.dtype) == "float32"
    assert value.shape == ()
    text = json.dumps(keras.saving.serialize_keras_object(loss))
    again = keras.saving.deserialize_keras_object(json.loads(text))
    assert type(again) is type(loss)
    assert float(again.generator(real, fake)) == float(loss.generator(real, fake))


def test_only_the_relativistic_generator_looks_at_real_pictures():
    real, fake = logits()
    for loss in LOSSES:
        moved = float(loss.generator(real + 1, fake)) != float(
            loss.generator(real, fake)
        )
        assert moved == isinstance(loss, RelativisticAverage)


@pytest.mark.parametrize("smoothing", [-0.1, 0.5, float("nan")])
def test_labels_stay_nearer_to_real_than_to_fake(smoothing):
    with pytest.raises(ArgumentError, match="smoothing"):
        Vanilla(smoothing=smoothing)
