from __future__ import annotations

import cv2
import numpy as np
import pytest

from srkit.image import Picture
from srkit.image.lossless import encode_png, encode_tiff


@pytest.mark.parametrize("encode", [encode_png, encode_tiff])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_opencv_reads_many_stripes_back(encode, dtype, rng):
    pixels = rng.integers(0, 2**16, (700, 300, 3)).astype(dtype)
    data = np.frombuffer(encode(Picture(pixels)), np.uint8)
    read = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    assert read.dtype == dtype
    assert (read[..., ::-1] == pixels).all()
