import keras
import numpy as np
import pytest
from keras import ops

from srkit.errors import ArgumentError
from srkit.layers import conv
from srkit.layers.closing import Conv2D
from srkit.models import SRResNet
from tests.contracts import check_layer


def plain(layer, inputs):
    """What Keras's own class makes of the same config and weights."""
    convolution = keras.layers.Conv2D.from_config(layer.get_config())
    convolution.build(inputs.shape)
    convolution.set_weights(layer.get_weights())
    return convolution(inputs)


def test_contract():
    layer = Conv2D(3, 5)
    layer.build((None, None, None, 4))
    check_layer(layer, (2, 8, 6, 4), more=(4, 2))


@pytest.mark.parametrize("size", [5, 9])
def test_it_is_keras_s_convolution(size, rng):
    layer = Conv2D(3, size, activation="tanh", bias_initializer="random_normal")
    inputs = ops.convert_to_tensor(rng.uniform(-1, 1, (2, 12, 8, 4)).astype("float32"))
    np.testing.assert_allclose(layer(inputs), plain(layer, inputs), atol=1e-5)


@pytest.mark.parametrize("size", [3, 7, (5, 9)])
def test_a_kernel_that_blocks_do_not_fit_is_refused(size):
    with pytest.raises(ArgumentError, match="4n"):
        Conv2D(3, size)


def test_files_of_weights_fit_both(tmp_path, monkeypatch, rng):
    small = {"scale": 2, "filters": 4, "num_blocks": 1}
    new = SRResNet(**small)
    assert isinstance(new.get_layer("tail"), Conv2D)
    new.save_weights(tmp_path / "new.weights.h5")
    monkeypatch.setattr("srkit.layers.blocks.BlockConv2D", conv)
    old = SRResNet(**small)
    assert not isinstance(old.get_layer("tail"), Conv2D)
    old.load_weights(tmp_path / "new.weights.h5")
    lr = rng.uniform(-1, 1, (1, 5, 7, 3)).astype("float32")
    np.testing.assert_allclose(old(lr), new(lr), atol=1e-5)
