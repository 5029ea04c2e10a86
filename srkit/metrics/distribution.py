"""FID and KID: whether a set of results looks, as a set, like a set of real pictures.

Both compare the features that a network sees in the two sets. The figure depends on
network, layer, way of resizing and number of pictures more than on many a model, so
each is part of its name.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from .divergence import frechet_distance, kernel_distance
from .gathering import SetDistance

if TYPE_CHECKING:
    from .protocol import Score

ENOUGH = 2048
"""Pictures under which FID says more about their number than about them."""


class FID(SetDistance):
    """Fréchet Inception Distance between two sets; 0 for equal ones, less is better.

    Below 2,048 pictures the covariance is guesswork and the figure too high: it warns,
    and `KID` is the better measure. The interval is that of drawing other pictures: the
    bootstrap's about its own mean, laid around the figure, since drawing pictures twice
    raises every FID. It does not hold the excess that few pictures bring.

    Args:
        network: As for `SetDistance`.
        side: As for `SetDistance`.
        resize: As for `SetDistance`.
        resamples: How often the bootstrap draws; 0 for no interval.

    Example:
        >>> fid = FID(network="inception-2015")
        >>> fid.update(real=hr, fake=sr)
        >>> print(fid.result())

    Source:
        As for `frechet_distance`. Bias: Chong and Forsyth, Effectively Unbiased FID and
        Inception Score and Where to Find Them, CVPR 2020.
    """

    quantity = "FID"

    def __init__(self, *, resamples: int = 100, **options: Any) -> None:
        super().__init__(**options)
        self.resamples = resamples

    def result(self) -> Score:
        """The distance, its 95 % interval, and what it was measured with.

        Raises:
            DataError: If there are fewer than two a set, or the sets do not match.
        """
        real, fake = self.features
        if len(real) < ENOUGH:
            warnings.warn(
                f"FID of {len(real)} pictures is too high by an amount that depends on "
                f"their number: give {ENOUGH} or more, or use KID.",
                stacklevel=2,
            )
        value = frechet_distance(real, fake)
        rng = np.random.default_rng(0)
        drawn = []
        for _ in range(self.resamples):
            # Pairs are drawn together: a result depends on its original.
            chosen = rng.integers(0, len(real), len(real))
            drawn.append(frechet_distance(real[chosen], fake[chosen]))
        if not drawn:
            return self._score(value, None)
        low, high = np.percentile(drawn, [2.5, 97.5]) - np.mean(drawn)
        interval = max(0.0, value + float(low)), value + float(high)
        return self._score(value, interval)


class KID(SetDistance):
    """Kernel Inception Distance between two sets: unbiased however few pictures.

    Negative values are chance; often printed times 1000 elsewhere. The interval is that
    of the jackknife, 1.96 standard errors each way.

    Args:
        network: As for `SetDistance`.
        side: As for `SetDistance`.
        resize: As for `SetDistance`.

    Source:
        As for `kernel_distance`.
    """

    quantity = "KID"

    def result(self) -> Score:
        """The distance, its 95 % interval, and what it was measured with.

        Raises:
            DataError: If there are fewer than two a set, or the sets do not match.
        """
        value, error = kernel_distance(*self.features)
        return self._score(value, (value - 1.96 * error, value + 1.96 * error))
