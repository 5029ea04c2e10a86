"""Charbonnier and the weighted sum."""

import keras
import numpy as np
import pytest

from srkit.errors import ArgumentError, ImageError
from srkit.losses import (
    Charbonnier,
    EdgeWeighted,
    FrequencyLoss,
    MeanAbsoluteError,
    WeightedSum,
)
from tests.contracts import check_loss


def test_charbonnier_keeps_the_contract():
    check_loss(Charbonnier(epsilon=0.01))


def test_charbonnier_by_hand():
    hr = np.zeros((1, 2, 2, 3), np.float32)
    sr = np.full_like(hr, 0.3)
    assert float(Charbonnier(epsilon=0.4)(hr, sr)) == pytest.approx(0.5)


def test_charbonnier_tends_to_l1(rng):
    hr, sr = rng.uniform(-1, 1, (2, 2, 8, 7, 3)).astype(np.float32)
    assert float(Charbonnier(epsilon=1e-6)(hr, sr)) == pytest.approx(
        float(MeanAbsoluteError()(hr, sr)), rel=1e-4
    )


def test_edges_keep_the_contract():
    check_loss(EdgeWeighted(strength=3.0))


def test_edges_by_hand():
    """A pixel counts 1 in flat regions, and 5 beside black meeting white."""
    hr = np.full((1, 5, 8, 1), -1, np.float32)
    hr[:, :, 4:] = 1
    values = keras.ops.convert_to_numpy(EdgeWeighted().call(hr, hr + 0.5))
    assert (values[0] == [[0.25] * 3 + [1.25] * 2 + [0.25] * 3] * 5).all()


def test_edges_without_strength_are_plain(rng):
    hr, sr = rng.uniform(-1, 1, (2, 2, 8, 7, 3)).astype(np.float32)
    wanted = np.mean((hr - sr) ** 2)
    assert float(EdgeWeighted(strength=0)(hr, sr)) == pytest.approx(wanted, rel=1e-5)
    with pytest.raises(ArgumentError, match="`strength` must not be negative"):
        EdgeWeighted(strength=-1)


def test_weighted_sum_keeps_the_contract():
    check_loss(WeightedSum([("mae", 1.0), (FrequencyLoss(), 0.05)]))


def test_weighted_sum_adds(rng):
    hr, sr = rng.uniform(-1, 1, (2, 2, 8, 7, 3)).astype(np.float32)
    parts = [(MeanAbsoluteError(), 1.0), (FrequencyLoss(), 0.05), (Charbonnier(), 2.0)]
    wanted = sum(weight * float(loss(hr, sr)) for loss, weight in parts)
    assert float(WeightedSum(parts)(hr, sr)) == pytest.approx(wanted, rel=1e-5)


def test_weights_of_images_count(rng):
    hr, sr = rng.uniform(-1, 1, (2, 2, 8, 7, 3)).astype(np.float32)
    loss = WeightedSum([("mae", 1.0), (Charbonnier(), 1.0)], reduction="sum")
    one = float(loss(hr[:1], sr[:1]))
    weighted = float(loss(hr, sr, sample_weight=np.array([1.0, 0.0])))
    assert weighted == pytest.approx(one, rel=1e-5)


def test_an_unequal_shape_does_not_broadcast():
    with pytest.raises(ImageError, match=r"`y_pred`.*Received: \(1, 4, 4, 1\)"):
        Charbonnier()(np.zeros((1, 4, 4, 3)), np.zeros((1, 4, 4, 1)))
    with pytest.raises(ImageError, match="`y_pred`"):
        Charbonnier()(np.zeros((1, 4, 4, 3)), np.zeros((4, 4, 3)))


@pytest.mark.parametrize("epsilon", [0, -1e-3])
def test_epsilon_must_be_positive(epsilon):
    with pytest.raises(ArgumentError, match=f"`epsilon`.*Received: {epsilon}"):
        Charbonnier(epsilon=epsilon)


@pytest.mark.parametrize("losses", [[], ["mae"], [("mae",)]])
def test_weighted_sum_wants_pairs(losses):
    with pytest.raises(ArgumentError, match="`losses` must be pairs"):
        WeightedSum(losses)


def test_keras_finds_them_by_config():
    loss = WeightedSum([(Charbonnier(epsilon=0.1), 2.0)])
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(loss)
    )
    assert again.losses[0][0].epsilon == 0.1
