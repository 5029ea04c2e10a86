"""The mean over eight views."""

from __future__ import annotations

import numpy as np

from srkit.inference import Upscaler
from srkit.inference.ensemble import self_ensemble


def test_views_come_back_in_place(rng):
    image = rng.uniform(0, 1, (5, 7, 3)).astype(np.float32)
    np.testing.assert_allclose(
        self_ensemble(lambda view: view, image), image, atol=1e-6
    )


def test_mean_of_eight_different_views(rng):
    image = rng.uniform(0, 1, (4, 6, 1)).astype(np.float32)
    seen = []

    def run(view):
        seen.append(view.copy())
        shift = np.zeros_like(view)
        shift[0, 0] = 8
        return view + shift  # marks the corner that is the first in each view

    result = self_ensemble(run, image) - image
    assert len({view.tobytes() for view in seen}) == 8
    corners = result[[0, 0, -1, -1], [0, -1, 0, -1]]
    np.testing.assert_allclose(corners, 2, atol=1e-5)
    assert np.isclose(result.sum(), 8, atol=1e-4)


def test_rounds_once(network, picture):
    plain = Upscaler(network)(picture)
    # A network that treats all directions alike has nothing to average.
    np.testing.assert_array_equal(Upscaler(network, ensemble=True)(picture), plain)
