import numpy as np
import pytest

from srkit.data.degradations import Warp
from srkit.errors import ArgumentError
from srkit.image.resampling import downscale
from tests.conftest import draw_picture


def still(**settings):
    return Warp(**{"rotation": 0.0, "shear": 0.0, "translation": 0.0, **settings})


def test_nothing_drawn_changes_nothing(rng):
    picture = draw_picture(32, 40)
    np.testing.assert_array_equal(still()(picture, rng), picture)


def test_a_quarter_turn_is_numpys(rng):
    picture = draw_picture(32, 32)
    turned = still(rotation=90.0)(picture, rng)
    np.testing.assert_allclose(turned.astype(int), np.rot90(picture), atol=1)


def test_a_translation_moves_by_whole_pixels(rng):
    picture = draw_picture(32, 32)
    moved = still(translation=0.125)(picture, rng)
    inside = moved[8:-8, 8:-8].astype(int)
    down, up = (picture[8 + s : 24 + s, 4:20].astype(int) for s in (-4, 4))
    assert min(np.abs(inside - down).max(), np.abs(inside - up).max()) <= 1


def test_lr_is_made_of_the_warped_hr(rng):
    hr = draw_picture(48, 48)
    lr, warped = Warp().pair(downscale(hr, 4), hr, rng, scale=4)
    assert (warped != hr).any()
    np.testing.assert_array_equal(lr, downscale(warped, 4))


def test_the_same_seed_gives_the_same_warp():
    hr = draw_picture(48, 48)
    a, b = (Warp()(hr, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(a, b)
    assert (Warp()(hr, np.random.default_rng(4)) != a).any()


def test_a_shear_beyond_sense_is_refused():
    with pytest.raises(ArgumentError, match="shear"):
        Warp(shear=80.0)
