import keras
import numpy as np
import pytest
from keras import ops

from srkit.layers.features.parts import ReflectionPadding, ToCaffe
from tests.contracts import check_layer


@pytest.mark.parametrize("layer", [ToCaffe, ReflectionPadding])
def test_layers_keep_the_contract(layer):
    check_layer(layer(), (2, 6, 5, 3), tolerance=1e-4)


def test_to_caffe_is_keras_s_preprocessing():
    levels = np.arange(0, 240, dtype="float32").reshape(2, 10, 4, 3)
    wanted = keras.applications.vgg19.preprocess_input(levels.copy())
    received = ops.convert_to_numpy(ToCaffe()(levels / 127.5 - 1))
    np.testing.assert_allclose(received, wanted, atol=1e-4)


def test_to_caffe_is_float32_under_any_policy():
    layer = ToCaffe(dtype="mixed_bfloat16")
    pixels = ops.cast(np.full((1, 2, 2, 3), 1 / 3), "bfloat16")
    assert keras.backend.standardize_dtype(layer(pixels).dtype) == "float32"


def test_reflection_does_not_repeat_the_border(rng):
    x = rng.normal(size=(2, 4, 5, 3)).astype("float32")
    wanted = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode="reflect")
    np.testing.assert_array_equal(ops.convert_to_numpy(ReflectionPadding()(x)), wanted)
