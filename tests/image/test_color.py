"""Colour: golden numbers of the standard, an oracle, and the exact inverse."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.color import rgb2ycbcr

from srkit.errors import ImageError
from srkit.image import luma, rgb_to_ycbcr, to_gray, ycbcr_to_rgb

CORNERS = {
    (0, 0, 0): (16, 128, 128),
    (255, 255, 255): (235, 128, 128),
    (255, 0, 0): (81.481, 90.203, 240),
    (0, 255, 0): (144.553, 53.797, 34.214),
    (0, 0, 255): (40.966, 240, 109.786),
}


@pytest.mark.parametrize(("rgb", "ycbcr"), CORNERS.items())
def test_the_corners_of_the_cube(rgb, ycbcr):
    np.testing.assert_allclose(rgb_to_ycbcr(np.array(rgb, np.uint8)), ycbcr, atol=1e-9)


def test_it_agrees_with_scikit_image():
    image = np.random.default_rng(0).integers(0, 256, (16, 12, 3), dtype=np.uint8)
    np.testing.assert_allclose(rgb_to_ycbcr(image), rgb2ycbcr(image), atol=1e-9)
    np.testing.assert_array_equal(luma(image), rgb_to_ycbcr(image)[..., :1])


def test_back_and_forth_is_exact():
    image = np.random.default_rng(1).uniform(0, 255, (2, 9, 7, 3))
    np.testing.assert_allclose(ycbcr_to_rgb(rgb_to_ycbcr(image)), image, atol=1e-10)


def test_float32_stays_and_integers_become_float64():
    assert rgb_to_ycbcr(np.zeros((2, 2, 3), np.float32)).dtype == np.float32
    assert luma(np.zeros((2, 2, 3), np.uint8)).dtype == np.float64


@pytest.mark.parametrize("function", [luma, rgb_to_ycbcr, ycbcr_to_rgb])
def test_tensors_give_what_arrays_give(function):
    from keras import ops

    image = np.random.default_rng(2).uniform(0, 255, (2, 5, 4, 3)).astype(np.float32)
    tensor = function(ops.convert_to_tensor(image))
    assert not isinstance(tensor, np.ndarray)
    np.testing.assert_allclose(ops.convert_to_numpy(tensor), function(image), atol=1e-4)


@pytest.mark.parametrize("shape", [(4, 4), (4, 4, 1), (4, 4, 4), ()])
def test_other_channels_are_refused(shape):
    with pytest.raises(ImageError, match=r"three channels last\. Received: shape="):
        luma(np.zeros(shape))


def test_gray_is_pillows(rng):
    from PIL import Image

    image = rng.integers(0, 256, (9, 7, 3), dtype=np.uint8)
    expected = np.asarray(Image.fromarray(image).convert("L"), float)
    np.testing.assert_allclose(to_gray(image)[..., 0], expected, atol=0.51)
