"""Interlacing: the fields are the two moments."""

from __future__ import annotations

import numpy as np

from srkit.data.degradations import Interlacing
from srkit.data.degradations.interlacing import moved, weave


def test_the_fields_are_the_two_moments(photograph, rng):
    image = photograph(33, 40)
    found = Interlacing(shift=3.0, angle=0.0)(image, rng)
    np.testing.assert_array_equal(found[::2], image[::2])
    np.testing.assert_array_equal(found[1::2, 3:], image[1::2, :-3])
    assert not np.array_equal(found[1::2], image[1::2])


def test_weaving(photograph):
    first, second = photograph(9, 8), photograph(9, 8, seed=1)
    woven = weave(first, second)
    np.testing.assert_array_equal(woven[::2], first[::2])
    np.testing.assert_array_equal(woven[1::2], second[1::2])


def test_moving(photograph):
    image = photograph(20, 30)
    down = moved(image, 4, angle=90)
    np.testing.assert_array_equal(down[4:], image[:-4])
    np.testing.assert_array_equal(moved(image, 0, angle=12), image)
    between = moved(image, 0.5, angle=0)[:, 1:].astype(float)
    means = (image[:, 1:].astype(float) + image[:, :-1]) / 2
    np.testing.assert_allclose(between, means, atol=1)
