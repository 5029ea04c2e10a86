"""How far two sets of features lie apart: Fréchet's distance and the kernel's."""

from __future__ import annotations

import numpy as np

from srkit.types import Float64


def frechet_distance(real: Float64, fake: Float64) -> float:
    """Fréchet distance between the normal distributions of two sets of features.

    The trace of the root of both covariances' product is the sum of the singular values
    of one centred set times the other: no root is taken, and fewer pictures than
    features do no harm.

    Shape:
        ``(M, D)`` and ``(N, D)``.

    Source:
        Heusel et al., GANs Trained by a Two Time-Scale Update Rule Converge to a Local
        Nash Equilibrium, NeurIPS 2017, equation 6.
    """
    gap = np.sum((real.mean(axis=0) - fake.mean(axis=0)) ** 2)
    a, b = _factor(real), _factor(fake)
    overlap = np.linalg.svd(a @ b.T, compute_uv=False).sum()
    return max(0.0, float(gap + np.sum(a**2) + np.sum(b**2) - 2 * overlap))


def kernel_distance(real: Float64, fake: Float64) -> tuple[float, float]:
    """Unbiased squared MMD of paired sets of features, and its standard error.

    The kernel is (x . y / D + 1)**3. No pair is compared with itself, so that a result
    may depend on its own original; the error is that of leaving out one pair at a time.

    Shape:
        Two of ``(N, D)``.

    Source:
        Bińkowski et al., Demystifying MMD GANs, ICLR 2018, section 4; the estimator for
        pairs is equation 4 of Gretton et al., A Kernel Two-Sample Test, JMLR 2012.
    """
    count = len(real)
    rows = np.concatenate(
        [
            _rows(real, fake, slice(start, min(start + 1024, count)))
            for start in range(0, count, 1024)
        ]
    )
    total = rows.sum()
    left_out = (total - 2 * rows) / ((count - 1) * max(count - 2, 1))
    error = np.sqrt((count - 1) * left_out.var())
    return float(total / (count * (count - 1))), float(error)


def _factor(features: Float64) -> Float64:
    """A matrix whose product with itself is the covariance, as small as can be."""
    centred = (features - features.mean(axis=0)) / np.sqrt(len(features) - 1)
    wide = len(centred) <= centred.shape[1]
    return centred if wide else np.asarray(np.linalg.qr(centred, mode="r"))


def _rows(real: Float64, fake: Float64, rows: slice) -> Float64:
    """What each pair of `rows` adds to the MMD, together with all other pairs."""
    width = real.shape[1]

    def kernel(x: Float64, y: Float64) -> Float64:
        return (x[rows] @ y.T / width + 1) ** 3

    both = kernel(real, real) + kernel(fake, fake)
    both -= kernel(real, fake) + kernel(fake, real)
    own = np.arange(rows.start, rows.stop)
    both[own - rows.start, own] = 0
    return np.asarray(both.sum(axis=1))
