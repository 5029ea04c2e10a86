"""Feature maps compared by direction alone."""

import numpy as np
import pytest
from keras import ops

from srkit.layers.features import directions, turn


def test_lengths_do_not_count_and_zeros_stay(rng):
    features = rng.normal(size=(2, 3, 4, 5)).astype("float32")
    features[0, 0, 0] = 0
    one = ops.convert_to_numpy(directions(features))
    other = ops.convert_to_numpy(directions(7 * features))
    np.testing.assert_allclose(one, other, atol=1e-6)
    lengths = np.linalg.norm(one, axis=-1)
    assert lengths[0, 0, 0] == 0
    np.testing.assert_allclose(np.delete(lengths.ravel(), 0), 1, atol=1e-5)


@pytest.mark.parametrize(("factor", "distance"), [(3.0, 0.0), (-1.0, 4.0)])
def test_a_turn_is_0_along_and_4_against(rng, factor, distance):
    features = rng.normal(size=(2, 3, 4, 5)).astype("float32")
    found = turn(directions(features), directions(factor * features))
    np.testing.assert_allclose(ops.convert_to_numpy(found), distance, atol=1e-5)


def test_a_turn_by_a_right_angle_is_2():
    one, other = np.zeros((2, 1, 1, 1, 2), "float32")
    one[..., 0], other[..., 1] = 5, 0.1
    assert float(turn(directions(one), directions(other))[0]) == pytest.approx(2)
