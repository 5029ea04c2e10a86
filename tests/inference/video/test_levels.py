"""Levels to floats and back, without a loss."""

import numpy as np
import pytest

from srkit.inference.video.levels import from_levels, to_levels


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_level_comes_back(dtype):
    levels = np.arange(np.iinfo(dtype).max + 1, dtype=dtype).reshape(-1, 16, 1)
    floats = to_levels(levels)
    assert (floats.dtype, floats.min(), floats.max()) == (np.float32, 0, 255)
    np.testing.assert_array_equal(from_levels(floats, levels.dtype), levels)


def test_floats_are_clipped_and_rounded_half_up():
    floats = np.array([-3, 0.49, 0.5, 254.5, 300], np.float32)
    assert from_levels(floats, np.dtype("uint8")).tolist() == [0, 0, 1, 255, 255]
    assert from_levels(floats, np.dtype("uint16"))[[0, -1]].tolist() == [0, 65535]
