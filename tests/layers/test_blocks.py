import keras
import numpy as np
import pytest

from srkit.layers import Interpolate, conv, residual_block, to_picture, upsample
from srkit.layers.blocks import upsample_radius, upscaling_factors


def _model(function, channels=4):
    inputs = keras.Input((None, None, channels))
    return keras.Model(inputs, function(inputs))


def test_conv_keeps_the_size():
    x = np.zeros((1, 5, 7, 4), "float32")
    assert conv(6, 9)(x).shape == (1, 5, 7, 6)


def test_residual_block_with_scale_zero_is_the_identity():
    model = _model(lambda x: residual_block(x, filters=4, scale=0.0, name="b"))
    x = np.random.default_rng(0).normal(size=(1, 5, 7, 4)).astype("float32")
    np.testing.assert_array_equal(np.asarray(model(x)), x)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_upsample_grows_by_the_scale(scale):
    model = _model(lambda x: upsample(x, scale=scale, filters=4))
    assert model(np.zeros((1, 5, 7, 4))).shape == (1, 5 * scale, 7 * scale, 4)


def test_four_is_twice_two():
    assert upscaling_factors(4) == (2, 2)
    assert upscaling_factors(3) == (3,)


def test_upsample_radius_counts_whole_lr_pixels():
    assert [upsample_radius(scale) for scale in (2, 3, 4)] == [2, 2, 2]
    assert upsample_radius(2, closing=9) == 3


def test_upsample_without_shuffle_repeats_pixels():
    model = _model(lambda x: upsample(x, scale=4, filters=3, shuffle=False))
    out = np.asarray(model(np.random.default_rng(0).normal(size=(1, 5, 7, 4))))
    assert out.shape == (1, 20, 28, 3)
    np.testing.assert_array_equal(out[:, ::2, ::2], out[:, 1::2, 1::2])


def test_a_picture_is_what_interpolation_misses_or_whole():
    def closed(**options):
        lr = keras.Input((None, None, 3), dtype="float32")
        x = keras.layers.UpSampling2D(2, dtype="bfloat16")(lr)
        sr = to_picture(x, lr, scale=2, dtype="mixed_bfloat16", **options)
        assert sr.dtype == "float32"
        return keras.Model(lr, sr)

    assert closed().get_layer("tail").compute_dtype == "float32"
    added = closed(interpolated=True)
    tail = added.get_layer("tail")
    assert tail.compute_dtype == "bfloat16"
    tail.set_weights([np.zeros_like(weight) for weight in tail.get_weights()])
    lr = np.random.default_rng(0).normal(size=(1, 5, 7, 3)).astype("float32")
    np.testing.assert_array_equal(np.asarray(added(lr)), np.asarray(Interpolate(2)(lr)))
