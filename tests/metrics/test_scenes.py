"""NIQE's features: SciPy's filters, and distributions whose parameters are known."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.stats import gennorm
from skimage.data import camera

from srkit.metrics.scenes import _contrast, _fit, features


def test_contrast_is_that_of_scipy_s_gaussian():
    plane = camera()[:96, :120].astype(float)
    options = {"sigma": 7 / 6, "radius": 3, "mode": "nearest"}
    mean = gaussian_filter(plane, **options)
    deviation = np.sqrt(np.abs(gaussian_filter(plane**2, **options) - mean**2))
    wanted = (plane - mean) / (deviation + 1)
    np.testing.assert_allclose(_contrast(plane), wanted, atol=1e-9)


def test_a_flat_area_has_none_at_all():
    assert not _contrast(np.full((20, 20), 77.3)).any()


@pytest.mark.parametrize("shape", [0.7, 1.0, 2.0, 3.0])
@pytest.mark.parametrize(("left", "right"), [(1.0, 1.0), (0.5, 2.0)])
def test_a_fit_finds_the_distribution_again(rng, shape, left, right):
    sample = np.abs(gennorm.rvs(shape, size=(4, 512, 512), random_state=rng))
    # Each side of an asymmetric distribution holds a share as large as its width.
    side = rng.random(sample.shape) < left / (left + right)
    found = np.mean(_fit(np.where(side, -left, right) * sample), axis=1)
    mean = np.where(side, -left, right) * sample
    np.testing.assert_allclose(
        found, [shape, mean.mean(), left, right], rtol=0.03, atol=0.02
    )


def test_features_are_those_of_both_sizes(rng):
    plane = rng.uniform(0, 255, (192, 288))
    found = features(plane)
    assert found.shape == (6, 36)
    moved = features(np.hstack([plane[:, 96:], plane[:, :96]]))
    inside = found[1], moved[0]  # the block in the middle, but for its border
    np.testing.assert_allclose(*inside, rtol=0.05, atol=0.02)
