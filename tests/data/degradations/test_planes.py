"""Planes of luma and chroma against the standard's matrix."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data.degradations.planes import from_planes, to_planes


def test_colours_go_there_and_back(photograph):
    flat = np.full((17, 18, 3), (200, 60, 30), np.uint8)
    (planes,) = to_planes([flat])
    assert planes.shape == (27, 18)
    luma = 16 + (65.481 * 200 + 128.553 * 60 + 24.966 * 30) / 255  # of BT.601
    assert planes[0, 0] == pytest.approx(luma, abs=0.5)
    np.testing.assert_allclose(from_planes(planes)[:17], flat, atol=2)
    image = photograph(40, 50)
    (planes,) = to_planes([image])
    bias = (from_planes(planes).astype(float) - image).mean(axis=(0, 1))
    assert np.abs(bias).max() < 1
