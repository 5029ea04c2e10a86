"""What passes for motion between two frames, and what for noise."""

import numpy as np
import pytest

from srkit.image.motion import compare, stillness
from tests.clips import noisy, photograph, with_square


def pair(sigma, rng, picture=None):
    picture = photograph() if picture is None else picture
    return [noisy(picture, sigma, rng).astype(np.float32) for _ in range(2)]


@pytest.mark.parametrize("sigma", [2, 8, 20])
@pytest.mark.parametrize("name", ["astronaut", "coffee", "rocket"])
def test_noise_is_measured_and_does_not_pass_for_motion(name, sigma, rng):
    change = compare(*pair(sigma, rng, photograph(name)))
    assert change.noise == pytest.approx(np.sqrt(2) * sigma, rel=0.15)
    assert change.moving.mean() < 1e-4


def test_one_gray_channel_of_noise_is_measured(rng):
    change = compare(*pair(8, rng, photograph()[..., 1:2]))
    assert change.noise.shape == (1,)
    assert change.noise == pytest.approx(np.sqrt(2) * 8, rel=0.15)


@pytest.mark.parametrize("contrast", [20, -20])
def test_what_moves_is_seen_and_the_rest_is_not(contrast, rng):
    frame, before = pair(8, rng, np.full((120, 160, 3), 128, np.uint8))
    frame[40:56, 60:76] += contrast
    moving = compare(frame, before).moving
    assert moving[42:54, 62:74].all()
    moving[36:60, 56:80] = False
    assert not moving.any()


def test_texture_that_moves_without_a_mean_is_seen(rng):
    frame, before = pair(2, rng, np.full((120, 160, 3), 128, np.uint8))
    frame[40:60, 60:80] += 20 * (-1.0) ** np.arange(20)[None, :, None]
    assert compare(frame, before).moving[40:60, 60:80].all()


def test_colour_that_changes_at_equal_brightness_is_seen(rng):
    frame, before = pair(2, rng, np.full((120, 160, 3), 128, np.uint8))
    frame[40:60, 60:80] += np.float32([20, -10, -10])
    assert compare(frame, before).moving[40:60, 60:80].all()


def test_a_camera_that_pans_is_no_noise(rng):
    wide = photograph("coffee", 240, 380)
    frame, _ = pair(2, rng, wide[:, 60:])
    before, _ = pair(2, rng, wide[:, :-60])
    change = compare(frame, before)
    assert change.moving.mean() > 0.5
    assert (change.noise < 10).all()


def test_a_lamp_that_flickers_passes_for_motion(rng):
    frame, before = pair(2, rng)
    moving = compare(frame * np.float32(0.85), before).moving
    assert moving[frame.mean(axis=2) > 60].mean() > 0.9


def test_frames_without_noise_do_not_divide_by_it():
    frame = photograph().astype(np.float32)
    assert not compare(frame, frame).moving.any()
    marked = with_square(frame, 40, 60)
    assert compare(marked, frame).moving[40:56, 60:76].all()


def test_stillness_is_0_around_what_moves_and_1_afar():
    moving = np.zeros((40, 40), bool)
    moving[20, 20] = True
    still = stillness(moving, 4)
    away = np.hypot(*(np.mgrid[:40, :40] - 20))
    assert not still[away < 4.9].any()
    assert (still[away > 9.5] == 1).all()
    between = still[(away > 5.5) & (away < 8.5)]
    assert ((between > 0) & (between < 1)).all()
    assert (stillness(np.zeros((5, 5), bool), 4) == 1).all()
    assert not stillness(np.ones((5, 5), bool), 4).any()


def test_blocks_that_a_codec_repeats_do_not_make_the_rest_move(rng):
    frame, before = pair(0.6, rng, np.full((120, 160, 3), 128, np.uint8))
    before[:, :90] = frame[:, :90]
    before[:40, 90:] = frame[:40, 90:] + 1  # a block whose mean the codec corrected
    assert not compare(frame, before).moving.any()
