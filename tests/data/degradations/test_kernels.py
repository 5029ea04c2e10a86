"""Kernels against the moments and transforms that they are defined by."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data.degradations.kernels import (
    elliptic_kernel,
    motion_kernel,
    sinc_kernel,
)


def moments(kernel):
    """Mean, and covariance of x and y, of a kernel taken as a distribution."""
    half = kernel.shape[0] // 2
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    mean = (kernel * x).sum(), (kernel * y).sum()
    spread = [[(kernel * a * b).sum() for a in (x, y)] for b in (x, y)]
    return np.array(mean), np.array(spread)


@pytest.mark.parametrize(
    "kernel",
    [
        elliptic_kernel(21, 2.0),
        elliptic_kernel(21, 2.0, across=0.5, angle=30, exponent=0.6),
        elliptic_kernel(21, 2.0, across=1.0, angle=-70, exponent=1.5, plateau=True),
        sinc_kernel(21, 1.3),
        sinc_kernel(9, np.pi),
        motion_kernel(7.3, angle=25),
        motion_kernel(0),
    ],
)
def test_kernels_keep_brightness_and_place(kernel):
    assert kernel.shape[0] == kernel.shape[1]
    assert kernel.shape[0] % 2 == 1
    assert kernel.sum() == pytest.approx(1)
    np.testing.assert_allclose(moments(kernel)[0], 0, atol=1e-9)
    np.testing.assert_allclose(kernel, kernel[::-1, ::-1], atol=1e-12)


def test_a_gaussian_has_the_deviation_asked_for():
    _, spread = moments(elliptic_kernel(31, 2.5))
    np.testing.assert_allclose(spread, [[6.25, 0], [0, 6.25]], atol=1e-3)


def test_an_anisotropic_gaussian_is_turned():
    _, spread = moments(elliptic_kernel(41, 4.0, across=1.5, angle=30))
    cosine, sine = np.cos(np.pi / 6), np.sin(np.pi / 6)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    wanted = turn @ np.diag([16, 2.25]) @ turn.T
    np.testing.assert_allclose(spread, wanted, atol=0.02)


def test_the_exponent_makes_tails_or_a_flat_top():
    def peak(exponent, *, plateau=False):
        kernel = elliptic_kernel(41, 3.0, exponent=exponent, plateau=plateau)
        return kernel[20, 20] / kernel[20, 22]

    assert peak(0.5) > peak(1) > 1
    assert peak(4) == pytest.approx(1, abs=0.03)
    assert peak(3, plateau=True) < peak(1, plateau=True)


@pytest.mark.parametrize(("half", "cutoff"), [(7, 1.9), (50, np.pi)])
def test_sinc_is_the_transform_of_a_disc(half, cutoff):
    bessel = pytest.importorskip("scipy.special").j1
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    radius = np.hypot(x, y)
    with np.errstate(invalid="ignore"):
        wanted = cutoff * bessel(cutoff * radius) / (2 * np.pi * radius)
    wanted[half, half] = cutoff**2 / (4 * np.pi)
    found = sinc_kernel(2 * half + 1, cutoff)
    np.testing.assert_allclose(found, wanted / wanted.sum(), atol=1e-12)


def test_sinc_passes_what_lies_below_its_cutoff():
    response = np.abs(np.fft.fft2(sinc_kernel(101, np.pi / 2), (256, 256)))[0]
    assert response[20] == pytest.approx(1, abs=0.05)  # 20 / 256 * 2 pi
    assert response[110] < 0.05


def test_motion_spreads_along_its_way_only():
    _, spread = moments(motion_kernel(12.0))
    assert spread[0, 0] == pytest.approx(12**2 / 12, rel=0.05)
    assert spread[1, 1] == pytest.approx(0, abs=1e-9)
    _, turned = moments(motion_kernel(12.0, angle=90))
    np.testing.assert_allclose(turned, spread[::-1, ::-1], atol=1e-9)
    _, oblique = moments(motion_kernel(12.0, angle=45))
    assert oblique[0, 1] > 5.5, "downwards to the right"
