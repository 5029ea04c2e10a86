from __future__ import annotations

import numpy as np

from srkit.bench.pictures import natural_picture, write_pictures


def test_pictures_pack_like_photographs(tmp_path):
    picture = natural_picture(96, 128)
    assert (picture.dtype, picture.shape) == (np.uint8, (96, 128, 3))
    np.testing.assert_array_equal(picture, natural_picture(96, 128))
    assert picture.std() > 20
    (path,) = write_pictures(tmp_path, count=1, side=240)
    assert 0.3 < path.stat().st_size / (240 * 240 * 3) < 0.8
