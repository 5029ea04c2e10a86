"""What the functions of this room give: a `Score` of one picture, values of a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from keras import ops

from .protocol import Protocol, Score

if TYPE_CHECKING:
    from srkit.types import Tensor


def figures(
    values: Tensor, *images: Any, quantity: str, protocol: Protocol | str
) -> Any:
    """The values of a batch, in the form in which the pictures came.

    Shape:
        ``(N,)`` or ``(N, C)``.

    Args:
        values: One or several values a picture.
        *images: What they were measured on: pictures, or batches.
        quantity: What they are called.
        protocol: How they were measured.

    Returns:
        A `Score` of arrays ``(H, W, C)``, or a list of them; an array of batches of
        arrays; a tensor where a tensor came in.
    """
    single = len(images[0].shape) == 3
    if not all(isinstance(image, np.ndarray) for image in images):
        return values[0] if single else values
    found = ops.convert_to_numpy(values)
    if not single:
        return found
    scores = [
        Score(float(value), quantity=quantity, protocol=protocol)
        for value in found[0].reshape(-1)
    ]
    return scores if found.ndim > 1 else scores[0]
