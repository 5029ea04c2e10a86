import keras
import numpy as np
import pytest

from srkit.errors import ArgumentError
from srkit.training import cosine, halving


def test_cosine_rises_to_the_highest_and_falls_to_the_final_rate():
    schedule = cosine(1e-3, steps=1000, warmup=100, final=1e-6)
    for step, rate in ((0, 0), (50, 5e-4), (100, 1e-3), (550, 5.005e-4), (1000, 1e-6)):
        assert float(schedule(step)) == pytest.approx(rate, rel=1e-3, abs=1e-9)
    assert float(schedule(2000)) == pytest.approx(1e-6, rel=1e-3)


def test_cosine_without_warmup_begins_at_the_highest_rate():
    schedule = cosine(1e-3, steps=1000, warmup=0)
    assert float(schedule(0)) == pytest.approx(1e-3)


def test_halving_halves():
    schedule = halving(1e-4, every=200)
    for step, share in ((0, 1), (199, 1), (200, 0.5), (400, 0.25)):
        assert float(schedule(step)) == pytest.approx(1e-4 * share)


@pytest.mark.parametrize("schedule", [cosine(1e-3, steps=900), halving(1e-3, every=9)])
def test_schedules_are_rebuilt_from_their_config(schedule):
    module = keras.optimizers.schedules
    again = module.deserialize(module.serialize(schedule))
    np.testing.assert_array_equal(again(7), schedule(7))


def test_lengths_that_make_no_sense_are_refused():
    with pytest.raises(ArgumentError, match="warmup=500, steps=500"):
        cosine(1e-3, steps=500)
    with pytest.raises(ArgumentError, match="every"):
        halving(1e-3, every=0)
