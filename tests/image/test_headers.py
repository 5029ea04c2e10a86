from __future__ import annotations

import numpy as np
import pytest

from srkit.errors import UnreadableImageError
from srkit.image import Picture, encode_picture
from srkit.image.headers import open_header

PNG = encode_picture(Picture(np.zeros((30, 40, 3), np.uint8)), ".png")


def test_a_header_is_read_without_the_pixels():
    image = open_header(PNG[:60], name="cut.png", max_pixels=1200)
    assert image.size == (40, 30)


def test_a_picture_above_the_limit_is_refused():
    with pytest.raises(UnreadableImageError, match="40x30 is more than"):
        open_header(PNG, name="large.png", max_pixels=1199)
