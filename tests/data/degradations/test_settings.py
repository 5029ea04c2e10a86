"""Settings: their bounds, and what is drawn between them."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data.degradations import JPEG, GaussianBlur, GaussianNoise, Resize
from srkit.data.degradations.settings import number
from srkit.errors import ArgumentError


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: JPEG(quality=0), "`quality` must be a number from 1 to 100, or a"),
        (lambda: JPEG(quality=(90, 30)), r"Received: \(90, 30\)"),
        (lambda: JPEG(quality=(1, 2, 3)), r"Received: \(1, 2, 3\)"),
        (lambda: JPEG(quality="high"), "Received: 'high'"),
        (lambda: JPEG(quality=None), "Received: None"),
        (lambda: GaussianBlur(sigma=float("nan")), "`sigma`"),
        (lambda: GaussianBlur(size=(7, 20)), "one of 3, 5, 7, ... 101"),
        (lambda: GaussianNoise(gray=(0, 1)), r"`gray` must be a number from 0 to 1\."),
        (lambda: Resize(method="lanczos"), "one of area, bilinear, bicubic"),
    ],
)
def test_a_setting_out_of_its_range(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()


def test_ranges_are_drawn_evenly_from_end_to_end():
    rng = np.random.default_rng(0)
    drawn = [GaussianBlur(sigma=(1, 3), size=(7, 21)).draw(rng) for _ in range(400)]
    sigmas = np.array([each.sigma for each in drawn])
    assert 1 <= sigmas.min() < 1.1
    assert 2.9 < sigmas.max() <= 3
    assert sigmas.mean() == pytest.approx(2, abs=0.1)
    assert {each.size for each in drawn} == set(range(7, 22, 2))


def test_what_has_not_been_drawn_is_not_applied():
    with pytest.raises(ArgumentError, match="must be drawn"):
        number((30, 95))
