"""Names for the kinds of values that srkit's functions take and return."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Keras has no static type for the tensors of its backends.
Tensor = Any

ByteImage = NDArray[np.uint8]
FloatImage = NDArray[np.float32]
Float64 = NDArray[np.float64]
AnyImage = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]
