"""The contact sheet."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data.degradations import JPEG, Chain
from srkit.data.preview import draw_preview
from srkit.errors import ArgumentError, DataError


def test_a_sheet_shows_clean_and_degraded_pictures(write, photograph):
    folder = write("hr", {f"{n}.png": photograph(280, 300, seed=n) for n in range(3)})
    sheet = draw_preview(folder, JPEG(quality=10), scale=2, rows=2, variants=2)
    assert sheet.dtype == np.uint8
    assert sheet.shape[1] == 2 * 28 + 4 * 256 + 3 * 10
    assert (sheet[:10] == 255).all()
    cells = [
        sheet[72 : 72 + 256, 28 + 266 * n :][:, :256].astype(int) for n in range(4)
    ]
    lr = cells[1][::2, ::2]
    np.testing.assert_array_equal(lr.repeat(2, 0).repeat(2, 1), cells[1])
    shrunk = cells[0].reshape(128, 2, 128, 2, 3).mean(axis=(1, 3))
    assert np.abs(shrunk - lr).mean() < 4
    assert 3 < np.abs(cells[2] - cells[1]).mean() < 30
    np.testing.assert_array_equal(cells[2], cells[3])  # JPEG draws nothing


def test_the_same_seed_draws_the_same_sheet(folder):
    options = {"scale": 2, "rows": 1, "variants": 1}
    first = draw_preview(folder, "cctv", **options)
    np.testing.assert_array_equal(first, draw_preview(folder, "cctv", **options))
    assert not np.array_equal(first, draw_preview(folder, "cctv", seed=1, **options))


def test_large_pictures_are_cut_to_their_liveliest_part(write, photograph):
    image = np.full((1300, 1500, 3), 90, np.uint8)
    image[1000:1200, 1200:1400] = photograph(200, 200)
    sheet = draw_preview(write("hr", {"a.png": image}), Chain(), rows=1, variants=1)
    assert sheet[72:328, 28:284].std() > 20


def test_more_rows_than_pictures(folder):
    sheet = draw_preview(folder, "jpeg", scale=2, rows=9, variants=1)
    assert sheet.shape[0] < 5 * 400


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"rows": 0}, ArgumentError, "`rows` must be from 1 to 20"),
        ({"variants": 99}, ArgumentError, "`variants`"),
        ({"scale": 5.5}, ArgumentError, "`scale`"),
        ({"seed": -1}, ArgumentError, "`seed`"),
        ({"degradation": "ccvt"}, ArgumentError, "Did you mean 'cctv'"),
        ({"scale": 4, "degradation": "h264"}, DataError, "at least 64 pixels"),
    ],
)
def test_what_cannot_be_drawn(change, error, message, folder):
    options = {"degradation": "jpeg", "scale": 2, "rows": 1, **change}
    with pytest.raises(error, match=message):
        draw_preview(folder, **options)
