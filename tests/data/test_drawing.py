"""Line art drawn by chance."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data import draw_lineart
from srkit.errors import ArgumentError


def test_a_picture_depends_on_seed_and_number_alone():
    first = draw_lineart(3, size=48)
    assert first.shape == (48, 48, 3)
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(draw_lineart(3, size=48), first)
    for other in (draw_lineart(4, size=48), draw_lineart(3, size=48, seed=1)):
        assert (other != first).mean() > 0.5


def test_strokes_lie_on_a_part_of_a_picture(rng):
    ground = rng.integers(0, 256, (64, 80, 3), dtype=np.uint8)
    drawn = draw_lineart(5, size=48, over=ground)
    kept = [
        (drawn == ground[top : top + 48, left : left + 48]).all(axis=2).mean()
        for top in range(17)
        for left in range(33)
    ]
    assert sorted(kept)[-2] < 0.01 < 0.05 < max(kept) < 0.99


@pytest.mark.parametrize("shape", [(47, 80, 3), (80, 47, 3), (80, 80, 1)])
def test_a_ground_that_does_not_fit_is_refused(shape):
    with pytest.raises(ArgumentError, match=r"`over` must be RGB.*48.*Received"):
        draw_lineart(0, size=48, over=np.zeros(shape, np.uint8))


def test_pictures_are_of_smooth_lines_on_flat_regions():
    """Most neighbours are nearly equal, some are not, and edges have steps between."""
    pictures = np.stack([draw_lineart(n, size=256) for n in range(8)]).astype(int)
    steps = np.abs(np.diff(pictures, axis=2)).max(axis=-1)
    assert 0.6 < (steps <= 3).mean() < 0.95
    assert (steps > 40).mean() > 0.01
    colours = pictures.mean(axis=(1, 2))
    assert colours.std(axis=0).min() > 10


@pytest.mark.parametrize("wrong", [{"number": -1}, {"size": 8}, {"seed": -1}])
def test_numbers_out_of_range(wrong):
    with pytest.raises(ArgumentError, match=r"must be 0 or above.*Received"):
        draw_lineart(**{"number": 0, **wrong})
