"""The self-ensemble."""

import numpy as np

from srkit.engine.ensemble import self_ensemble


def test_what_knows_no_direction_gains_nothing(rng):
    image = rng.uniform(0, 1, (5, 4, 3)).astype(np.float32)
    result = self_ensemble(lambda view: view.repeat(2, 0).repeat(2, 1), image)
    np.testing.assert_allclose(result, image.repeat(2, 0).repeat(2, 1), rtol=1e-6)


def test_each_view_counts_once(rng):
    image = rng.uniform(0, 1, (4, 4, 1)).astype(np.float32)
    corner = np.zeros((4, 4, 1), np.float32)
    corner[0, 1] = 8  # one of eight places that the views take it to
    result = self_ensemble(lambda view: corner, image)
    assert result.sum() == 8
    assert (result == result.transpose(1, 0, 2)).all()
    assert np.count_nonzero(result) == 8
