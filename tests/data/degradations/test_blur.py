"""Blurs: what a point becomes is the kernel."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data.degradations import GaussianBlur, MotionBlur, PlateauBlur, SincBlur


@pytest.mark.parametrize(
    "blur",
    [
        GaussianBlur(sigma=1.2),
        GaussianBlur(sigma=2.0, across=0.8, angle=40.0, size=9),
        PlateauBlur(sigma=1.5, exponent=1.5),
        SincBlur(cutoff=1.5, size=7),
        MotionBlur(length=5.0, angle=20.0),
    ],
)
def test_a_point_becomes_the_kernel(blur, rng):
    image = np.full((41, 41, 3), 100, np.uint8)
    image[20, 20] = 255
    found = blur(image, rng)[..., 1].astype(float)
    kernel, half = blur.kernel(), blur.kernel().shape[0] // 2
    around = slice(20 - half, 21 + half)
    np.testing.assert_allclose(found[around, around], 100 + 155 * kernel, atol=0.51)
    found[around, around] = 100
    assert (found == 100).all()


def test_the_border_is_mirrored(rng):
    flat = np.full((5, 7, 3), 80, np.uint8)
    np.testing.assert_array_equal(GaussianBlur(sigma=4.0)(flat, rng), flat)


def test_the_kernel_is_as_wide_as_it_needs_to_be():
    assert GaussianBlur(sigma=2.0).kernel().shape == (13, 13)
    assert GaussianBlur(sigma=0.5, across=3.0).kernel().shape == (19, 19)
