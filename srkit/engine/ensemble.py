"""The geometric self-ensemble: the mean over the eight views of a picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srkit.types import FloatImage


def self_ensemble(
    run: Callable[[FloatImage], FloatImage], image: FloatImage
) -> FloatImage:
    """Runs a network on all flips and quarter turns of a picture; returns the mean.

    Shape:
        ``(H, W, C)`` to what `run` makes of it.

    Args:
        run: Maps a picture to a larger one, in floats, so that the mean is rounded
            only once, by the caller.
        image: The picture.

    Source:
        Timofte et al., Seven ways to improve example-based single image super
        resolution, CVPR 2016, section 3.5; "EDSR+" in Lim et al. 2017.
    """
    total: Any = 0
    for turns in range(4):
        for flipped in (False, True):
            view = np.rot90(image, turns)
            view = view[:, ::-1] if flipped else view
            result = run(np.ascontiguousarray(view))
            result = result[:, ::-1] if flipped else result
            total = total + np.rot90(result, -turns)
    return total / np.float32(8)
