"""Text on the screen: in LR and HR alike, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data.degradations import OnScreenText


def place(image, level):
    """Rows and columns that differ from the ground, as (top, bottom, left, right)."""
    rows, columns = np.nonzero((image != level).any(axis=-1))
    return np.array([rows.min(), rows.max(), columns.min(), columns.max()])


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_hr_and_lr_show_the_same_text_in_the_same_place(scale, rng):
    lr = np.full((40, 90, 3), 100, np.uint8)
    hr = np.full((40 * scale, 90 * scale, 3), 100, np.uint8)
    text = OnScreenText(text="CAM 07", height=12.0, left=0.4, top=0.7)
    low, high = text.pair(lr, hr, rng, scale=scale)
    np.testing.assert_allclose(place(low, 100), place(high, 100) / scale, atol=1.1)
    shrunk = high.reshape(40, scale, 90, scale, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(low, shrunk, atol=12)
    assert high.max() > 230
    assert high.min() < 40


def test_the_corners_are_reached_and_what_is_too_long_is_cut(rng):
    ground = np.full((30, 60, 3), 100, np.uint8)
    small = {"text": "A", "height": 8.0}
    first = place(OnScreenText(left=0.0, top=0.0, **small)(ground, rng), 100)
    last = place(OnScreenText(left=1.0, top=1.0, **small)(ground, rng), 100)
    assert first[0] <= 3
    assert first[2] <= 3
    assert last[1] >= 26
    assert last[3] >= 56
    whole = OnScreenText(text="9" * 40, height=12.0, left=0.5)(ground, rng)
    np.testing.assert_array_equal(place(whole, 100)[2:], [0, 59])


def test_a_time_is_drawn_where_no_text_is_given():
    said = [OnScreenText().draw(np.random.default_rng(k)).text for k in range(20)]
    assert len(set(said)) == 20
    assert any(":" in text for text in said)
