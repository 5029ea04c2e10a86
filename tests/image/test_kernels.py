"""Which input pixels make an output pixel, and their shares."""

import numpy as np
import pytest

from srkit.errors import ArgumentError
from srkit.image.kernels import KERNELS, phases, taps


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("out", [3, 12, 29])
def test_shares_sum_to_one_and_stay_in_the_picture(kernel, out):
    plan = taps(12, out, out / 12, kernel)
    assert plan.indices.shape == plan.weights.shape
    assert len(plan.weights) == out
    assert 0 <= plan.indices.min() <= plan.indices.max() < 12
    np.testing.assert_allclose(plan.weights.sum(axis=1), 1.0)


def test_keys_cubic_at_half_a_pixel():
    plan = taps(16, 32, 2.0)
    # At x = 1/4 and 3/4 of a pixel, Keys's formula with a = -1/2, by hand.
    wanted = {8: -0.0703125, 7: 0.8671875, 6: 0.2265625, 5: -0.0234375}
    row = dict(zip(plan.indices[14], plan.weights[14], strict=True))
    for place, share in wanted.items():
        assert row[place] == pytest.approx(share)


def test_borders_are_mirrored():
    plan = taps(4, 8, 2.0)
    assert sorted(set(plan.indices[0])) == [0, 1]  # -1 and -2 become 0 and 1


def test_shrinking_widens_the_kernel_unless_told_not_to():
    assert taps(64, 16, 0.25).weights.shape[1] == 16
    assert taps(64, 16, 0.25, antialias=False).weights.shape[1] == 4
    assert taps(64, 16, 0.25, "nearest").weights.shape[1] == 1


def test_an_unknown_kernel_is_refused():
    with pytest.raises(ArgumentError, match="`kernel` must be one of bicubic"):
        taps(4, 8, 2.0, "cubic")


@pytest.mark.parametrize("shift", [0.0, 0.125, -0.25])
@pytest.mark.parametrize("scale", [2, 3])
def test_sub_pixels_lie_where_they_are_asked_to(scale, shift):
    """A cubic kernel gives a slope back exactly: its value tells the place."""
    table = phases(scale, shift=shift)
    offsets = np.arange(len(table)) - len(table) // 2
    places = (np.arange(scale) + 0.5) / scale - 0.5 + shift
    np.testing.assert_allclose(offsets @ table, places, atol=1e-12)
