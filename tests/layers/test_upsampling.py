import keras
import numpy as np
import pytest
from keras import ops

from srkit.image import KERNELS, resize
from srkit.layers import ICNR, CropLike, Interpolate, PixelShuffle
from tests.contracts import check_layer


def test_pixel_shuffle_keeps_the_contract():
    check_layer(PixelShuffle(2), (2, 5, 4, 12))


def test_pixel_shuffle_puts_channels_where_the_paper_says():
    """Equation 4 with the channels of one sub-pixel side by side."""
    x = np.random.default_rng(0).normal(size=(1, 2, 3, 3 * 4)).astype("float32")
    y = ops.convert_to_numpy(PixelShuffle(2)(x))
    for row in range(4):
        for column in range(6):
            first = ((row % 2) * 2 + column % 2) * 3
            expected = x[0, row // 2, column // 2, first : first + 3]
            np.testing.assert_array_equal(y[0, row, column], expected)


def test_pixel_shuffle_refuses_channels_that_do_not_divide():
    with pytest.raises(ValueError, match="multiple of 4"):
        PixelShuffle(2)(np.zeros((1, 2, 2, 6), "float32"))


def test_icnr_starts_without_a_checkerboard():
    layer = keras.layers.Conv2D(12, 3, padding="same", kernel_initializer=ICNR(2))
    x = np.random.default_rng(0).normal(size=(1, 6, 6, 5)).astype("float32")
    y = ops.convert_to_numpy(PixelShuffle(2)(layer(x)))
    corners = y[:, ::2, ::2]
    for other in (y[:, 1::2, ::2], y[:, ::2, 1::2], y[:, 1::2, 1::2]):
        np.testing.assert_allclose(other, corners, atol=1e-6)


def test_icnr_survives_its_config():
    again = keras.initializers.deserialize(keras.initializers.serialize(ICNR(3)))
    assert isinstance(again, ICNR)
    assert again.get_config() == ICNR(3).get_config()


def test_interpolate_keeps_the_contract():
    check_layer(Interpolate(2), (2, 5, 4, 3))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("size", [(7, 9), (1, 1), (2, 5), (5, 1)])
def test_interpolate_equals_resize(kernel, scale, size):
    x = np.random.default_rng(0).uniform(-1, 1, (2, *size, 3)).astype("float32")
    expected = resize(x, scale=scale, kernel=kernel)
    result = ops.convert_to_numpy(Interpolate(scale, kernel)(x))
    np.testing.assert_allclose(result, expected, atol=1e-5)


def test_crop_like_cuts_below_and_on_the_right(rng):
    x, like = rng.normal(size=(2, 6, 8, 3)), np.zeros((2, 5, 7, 1))
    cut = ops.convert_to_numpy(CropLike()([x, like]))
    np.testing.assert_allclose(cut, x[:, :5, :7], rtol=1e-6)


def test_crop_like_works_within_a_network_of_any_size():
    small = keras.Input((None, None, 2))
    large = keras.layers.UpSampling2D(2)(small)
    model = keras.Model(small, CropLike(name="crop")([large, small]))
    assert model.output_shape == (None, None, None, 2)
    assert model(np.zeros((1, 5, 3, 2))).shape == (1, 5, 3, 2)
    again = keras.Model.from_config(model.get_config())
    assert type(again.get_layer("crop")) is CropLike
