"""Resizing between blurs."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data.degradations import Chain, Resize


def test_alone_it_comes_back_to_its_size(photograph, rng):
    image = photograph(31, 45)
    found = Resize(factor=0.5, method="area")(image, rng)
    assert found.shape == image.shape
    assert np.abs(np.diff(found.astype(float), axis=1)).mean() < (
        np.abs(np.diff(image.astype(float), axis=1)).mean()
    )


def test_area_is_the_mean_of_blocks(photograph):
    image = photograph(32, 40)
    found = Resize(factor=0.25, method="area").resized(image, (32, 40))
    means = image.reshape(8, 4, 10, 4, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(found, means, atol=0.51)


def test_factors_are_of_the_start_and_not_of_the_last_size(photograph, rng):
    image, seen = photograph(101, 67), []

    class Spy(Resize):
        def resized(self, image, start, factor=None):
            seen.append(super().resized(image, start, factor).shape[:2])
            return super().resized(image, start, factor)

    steps = [Spy(factor=factor, method="area") for factor in (0.33, 0.7, 1.0)]
    Chain(steps=tuple(steps)).apply(image, rng)
    assert seen == [(33, 22), (71, 47), (101, 67)]


def test_relative_to_lr(rng):
    drawn = Resize(factor=0.6, relative_to="lr").draw(rng, scale=4)
    assert drawn.factor == pytest.approx(0.15)
    assert drawn.relative_to == "start"
    assert drawn.method in ("area", "bilinear", "bicubic")
