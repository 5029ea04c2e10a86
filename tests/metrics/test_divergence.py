"""Distances of sets of features against SciPy's matrix root and plain loops."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from srkit.metrics import frechet_distance, kernel_distance


@pytest.mark.parametrize(("count", "width"), [(40, 6), (6, 9), (12, 12)])
def test_frechet_distance_is_that_of_scipy_s_matrix_root(rng, count, width):
    real = rng.normal(0, 1, (count, width))
    fake = rng.normal(0.3, 1.5, (count + 3, width)) @ rng.normal(0, 1, (width, width))
    gap = np.sum((real.mean(axis=0) - fake.mean(axis=0)) ** 2)
    first, second = (np.cov(features, rowvar=False) for features in (real, fake))
    # A hair on the diagonal, since `sqrtm` fails where the rank is not full.
    nudge = 1e-10 * np.eye(width)
    root = sqrtm((first + nudge) @ (second + nudge)).real
    wanted = gap + np.trace(first + second - 2 * root)
    assert frechet_distance(real, fake) == pytest.approx(wanted, rel=1e-3)
    assert frechet_distance(fake, real) == pytest.approx(wanted, rel=1e-3)


def test_frechet_distance_of_shifted_and_equal_features(rng):
    features = rng.normal(0, 1, (30, 8))
    assert frechet_distance(features, features) == pytest.approx(0, abs=1e-12)
    assert frechet_distance(features, features + 2) == pytest.approx(8 * 4)
    assert frechet_distance(features, 3 * features) == pytest.approx(
        4 * (features.var(axis=0, ddof=1).sum() + (features.mean(axis=0) ** 2).sum())
    )


def loops(real, fake):
    """Equation 4 of Gretton et al., and its jackknife, spelt out."""

    def kernel(x, y):
        return (x @ y / len(x) + 1) ** 3

    def estimate(pairs):
        values = [
            kernel(real[i], real[j])
            + kernel(fake[i], fake[j])
            - kernel(real[i], fake[j])
            - kernel(real[j], fake[i])
            for i in pairs
            for j in pairs
            if i != j
        ]
        return np.mean(values)

    everyone = range(len(real))
    left_out = [estimate([i for i in everyone if i != gone]) for gone in everyone]
    spread = np.sum((np.array(left_out) - np.mean(left_out)) ** 2)
    return estimate(everyone), np.sqrt((len(real) - 1) / len(real) * spread)


def test_kernel_distance_is_the_loops(rng):
    real, fake = rng.normal(0, 1, (12, 4)), rng.normal(0.5, 1, (12, 4))
    assert kernel_distance(real, fake) == pytest.approx(loops(real, fake), rel=1e-9)
    assert kernel_distance(real, real) == (0, 0)


@pytest.mark.parametrize("shift", [0.0, 0.7])
def test_kernel_distance_is_unbiased_and_its_error_is_right(rng, shift):
    def drawn(count):
        return rng.normal(0, 1, (count, 6)), rng.normal(shift, 1, (count, 6))

    values, errors = np.transpose([kernel_distance(*drawn(25)) for _ in range(300)])
    truth = kernel_distance(*drawn(1500))[0]
    spread = np.std(values)
    assert np.mean(values) == pytest.approx(truth, abs=0.3 * spread)
    # Where the sets are alike the jackknife is known to err on the safe side.
    assert 0.8 < np.mean(errors) / spread < (1.6 if shift == 0 else 1.25)


def test_many_pictures_are_taken_in_portions(rng):
    real, fake = rng.normal(0, 1, (2, 1100, 3))
    value, _ = kernel_distance(real, fake)
    whole = [(a @ b.T / 3 + 1) ** 3 for a, b in ((real, real), (fake, fake))]
    cross = (real @ fake.T / 3 + 1) ** 3
    h = whole[0] + whole[1] - cross - cross.T
    wanted = (h.sum() - np.trace(h)) / (1100 * 1099)
    assert value == pytest.approx(wanted, rel=1e-6)
