"""Windows around crops: what is seen of the surroundings, and in which position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from srkit.data.degradations import Chain, Degradation, GaussianBlur, Interlacing
from srkit.data.levels import Level
from srkit.data.windows import degraded_window, turned
from srkit.image import downscale


@dataclass(frozen=True, kw_only=True)
class Seen(Degradation):
    """Does nothing, but notes the LR that it is shown."""

    kind = "seen"
    notes: tuple[list, ...] = ([],)

    def apply(self, image, rng):
        self.notes[0].append(image)
        return image


@pytest.fixture
def level(photograph):
    hr = photograph(160, 200)
    return Level(downscale(hr, 2), hr, 0)


def crop(level, top, left, side=24):
    return level[top : top + side, left : left + side]


@pytest.mark.parametrize("turn", range(8))
def test_turning_back_undoes_a_turn(turn, photograph):
    image = photograph(5, 7)
    there = turned(image, turn)
    np.testing.assert_array_equal(turned(there, turn, back=True), image)
    again = [turned(image, other) for other in range(8)]
    assert sum(np.array_equal(there, other) for other in again) == 1


@pytest.mark.parametrize("turn", range(8))
@pytest.mark.parametrize("place", [(0, 0), (30, 40), (56, 76)])
def test_a_crop_is_degraded_as_the_whole_picture_would_be(level, turn, place, rng):
    top, left = place
    blur = GaussianBlur(sigma=2.0)
    made, row, column = degraded_window(
        level, blur, top=top, left=left, side=24, turn=turn, rng=rng
    )
    whole = blur(level.lr, rng)
    found = crop(made.lr, row, column).astype(int)
    assert np.abs(found - crop(whole, top, left)).max() <= 1
    np.testing.assert_array_equal(
        made.hr[2 * row : 2 * row + 48, 2 * column : 2 * column + 48],
        level.hr[2 * top : 2 * top + 48, 2 * left : 2 * left + 48],
    )


def test_lines_do_not_turn_with_the_scene(level, rng):
    comb = Interlacing(shift=3.0, angle=0.0)
    made, row, column = degraded_window(
        level, comb, top=20, left=20, side=24, turn=4, rng=rng
    )
    same = (made.lr == level.lr[20 - row :, 20 - column :][:56, :56]).all(axis=(0, 2))
    assert abs(same.sum() - 28) <= 1, "columns of the scene are lines of the screen"


def test_blocks_begin_anywhere_in_a_crop(level):
    begins = {
        degraded_window(
            level,
            Chain(),
            top=30,
            left=40,
            side=24,
            turn=0,
            rng=np.random.default_rng(seed),
        )[1]
        % 16
        for seed in range(200)
    }
    assert begins == set(range(16))


def test_at_the_border_a_window_lies_within_the_picture(level, rng):
    seen = Seen(notes=([],))
    for top, left in ((0, 0), (56, 76)):
        degraded_window(level, seen, top=top, left=left, side=24, turn=0, rng=rng)
    assert [image.shape for image in seen.notes[0]] == [(56, 56, 3)] * 2
