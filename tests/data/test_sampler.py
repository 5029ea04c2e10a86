"""Crops: aligned, counted, spread over the pictures."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data.levels import Level
from srkit.data.sampler import PatchSampler
from srkit.errors import DataError

SCALE, CROP = 2, 8


def located(height, width, picture=0):
    """A level whose pixels say where they are: (row, column, picture)."""
    rows, columns = np.mgrid[:height, :width]
    lr = np.stack([rows, columns, np.full_like(rows, picture)], -1).astype(np.uint8)
    hr = lr.repeat(SCALE, 0).repeat(SCALE, 1)
    return Level(lr, hr, picture)


def sampler(levels, **options):
    options = {"scale": SCALE, "crop": CROP, "batch_size": 16, **options}
    return PatchSampler(levels, **options)


def test_lr_and_hr_crops_show_the_same_place():
    lr, hr = sampler([located(20, 30)]).batch(0)
    assert lr.shape == (16, 4, 4, 3)
    assert hr.shape == (16, 8, 8, 3)
    np.testing.assert_array_equal(lr.repeat(2, 1).repeat(2, 2), hr)


def test_a_batch_is_a_function_of_seed_and_step():
    levels = [located(20, 30), located(12, 9, 1)]
    one, other = sampler(levels), sampler(levels)
    late = one.batch(7)
    for step in (3, 7):
        other.batch(step)
    np.testing.assert_array_equal(late[1], other.batch(7)[1])
    assert not np.array_equal(late[1], one.batch(8)[1])
    assert not np.array_equal(late[1], sampler(levels, seed=1).batch(7)[1])


def test_these_are_the_crops_of_every_release():
    # The numbers behind a resumed run must not change with NumPy or with srkit.
    lr, _ = sampler([located(20, 30), located(12, 9, 1)], batch_size=3).batch(5)
    assert lr[:, 0, 0].tolist() == [[9, 8, 0], [13, 8, 0], [9, 22, 0]]


def test_all_eight_positions_occur_and_none_without_augmenting():
    batch = np.concatenate([sampler([located(20, 30)]).batch(k)[0] for k in range(8)])
    down = np.sign(batch[:, 1, 0, :2].astype(int) - batch[:, 0, 0, :2])
    right = np.sign(batch[:, 0, 1, :2].astype(int) - batch[:, 0, 0, :2])
    assert len(np.unique(np.hstack([down, right]), axis=0)) == 8
    plain = sampler([located(20, 30)], augment=False).batch(0)[0]
    assert (plain[:, 1, 0, 0] > plain[:, 0, 0, 0]).all()
    assert (plain[:, 0, 1, 1] > plain[:, 0, 0, 1]).all()


def test_every_place_is_reached_and_none_beyond():
    plain = sampler([located(6, 5)], augment=False)
    corners = np.concatenate([plain.batch(k)[0][:, 0, 0, :2] for k in range(20)])
    found = {tuple(corner) for corner in corners.tolist()}
    assert found == {(row, column) for row in range(3) for column in range(2)}


def test_pictures_are_picked_by_area_and_sizes_evenly():
    levels = [located(40, 40), located(20, 20, 1), located(12, 12, 1), located(3, 3, 2)]
    chosen = sampler(levels)
    assert chosen.num_pictures == 2
    assert chosen.area == 80 * 80 + 40 * 40
    batch = np.concatenate([chosen.batch(k)[0] for k in range(150)])
    assert np.mean(batch[:, 0, 0, 2] == 0) == pytest.approx(0.8, abs=0.03)


def test_an_epoch_holds_each_pixel_about_once():
    assert sampler([located(40, 40)]).steps == 7  # 6400 / (64 * 16), rounded up
    assert sampler([located(4, 4)]).steps == 1


def test_pictures_all_too_small():
    with pytest.raises(DataError, match=r"smaller than `crop` \(=8\).* 6 pixels"):
        sampler([located(3, 30)])
