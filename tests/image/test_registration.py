"""Shifts that are found again, and frames that are better left as they are."""

import numpy as np
import pytest

from srkit.image.registration import Alignment, inner, register, shifted
from tests.clips import burst, noisy, photograph, with_square


@pytest.fixture
def picture():
    return photograph(height=120, width=160).astype(np.float32)


@pytest.mark.parametrize("shift", [(0, 0), (3, -2), (-1, 5)])
def test_whole_pixels_are_moved_exactly(picture, shift):
    moved = shifted(picture, *shift)
    wanted = np.roll(picture, shift, (0, 1))
    inside = slice(8, -8)
    np.testing.assert_allclose(moved[inside, inside], wanted[inside, inside], atol=1e-3)


def test_fractions_of_a_pixel_move_a_wave_by_its_phase():
    y, x = np.mgrid[:64, :64].astype(np.float32)
    wave = lambda down, right: np.sin(0.4 * (y - down) + 0.3 * (x - right))  # noqa: E731 - the formula reads best in one line
    moved = shifted(wave(0, 0), 1.37, -0.61)
    inside = slice(8, -8)
    wanted = wave(1.37, -0.61)
    np.testing.assert_allclose(moved[inside, inside], wanted[inside, inside], atol=0.02)


def test_a_small_picture_may_be_moved_far():
    flat = np.full((2, 1, 3), 7, np.float32)
    np.testing.assert_allclose(shifted(flat, 9.5, -20.25), flat, rtol=1e-5)


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
def test_the_tremble_of_a_noisy_camera_is_found(name, rng):
    frames, shifts = burst(photograph(name, 300, 400), 5, sigma=8, rng=rng)[1:]
    reference = frames[0].astype(np.float32)
    for frame, (down, right) in zip(frames[1:], shifts[1:], strict=True):
        found = register(reference, frame.astype(np.float32))
        assert (found.down, found.right) == pytest.approx((-down, -right), abs=0.08)
        assert found.gain == pytest.approx(1, abs=0.02)


def test_a_large_shift_is_found(picture):
    wide = photograph(height=160, width=200).astype(np.float32)
    found = register(wide[20:140, 20:180], wide[8:128, 37:197])
    assert (found.down, found.right) == pytest.approx((-12, 17), abs=0.02)


def test_what_moves_does_not_pull_at_the_camera(picture, rng):
    frame = shifted(picture, 0.4, -0.3)
    found = register(
        with_square(picture, 20, 30, side=40), with_square(frame, 40, 80, side=40)
    )
    assert (found.down, found.right) == pytest.approx((-0.4, 0.3), abs=0.05)


def test_a_lamp_that_flickers_is_made_up_for(picture, rng):
    frame = 0.8 * shifted(picture, 0.4, -0.3) + 12
    found = register(picture, frame)
    assert (found.down, found.right) == pytest.approx((-0.4, 0.3), abs=0.02)
    assert (found.gain, found.offset) == pytest.approx((1.25, -15), rel=0.02)
    inside = slice(8, -8)
    off = found.apply(frame) - picture
    assert np.abs(off[inside, inside]).mean() < 1.5


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 5, 1), (40, 40, 3)])
def test_a_flat_frame_is_left_where_it_is(shape):
    flat = np.full(shape, 80, np.float32)
    assert register(flat, flat)[:2] == (0, 0)


def test_noise_alone_is_not_made_to_fit(rng):
    one, other = (noisy(np.full((64, 64, 3), 128), 20, rng) for _ in range(2))
    found = register(one.astype(np.float32), other.astype(np.float32))
    assert max(map(abs, found[:2])) <= 16
    assert np.isfinite(found).all()


def test_inner_leaves_out_what_was_mirrored_in():
    rows, columns = inner((20, 30), Alignment(down=2.3, right=-1.5))
    assert (rows, columns) == (slice(3, 20), slice(0, 28))


def test_frames_that_have_nothing_in_common_are_not_laid_beside_each_other():
    for seed in range(60):
        rng = np.random.default_rng(seed)
        one, other = rng.uniform(0, 255, (2, 16, 40, 1)).astype(np.float32)
        found = register(one, other)  # without a warning, which would be an error here
        assert max(abs(found.down), abs(found.right)) <= 4
