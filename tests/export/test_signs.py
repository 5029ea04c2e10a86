import keras
import numpy as np
import pytest

from srkit.export import merge_signs
from srkit.layers import ConcatenatedReLU
from srkit.models import EDSR, CReLUNet


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_merged_signs_give_the_same_pixels(dtype, rng):
    network = CReLUNet(filters=4, interpolated=True, dtype=dtype)
    merged = merge_signs(network)
    assert not any(isinstance(layer, ConcatenatedReLU) for layer in merged.layers)
    assert (
        merged.get_layer("head").compute_dtype
        == network.get_layer("head").compute_dtype
    )
    x = rng.uniform(-1, 1, (2, 9, 12, 1)).astype(np.float32)
    before, after = (keras.ops.convert_to_numpy(net(x)) for net in (network, merged))
    np.testing.assert_allclose(after, before, atol=1e-5 if dtype == "float32" else 1e-2)


def test_the_network_itself_is_left_as_it_was(rng):
    network = CReLUNet(filters=2, num_blocks=2)
    count = network.count_params()
    assert merge_signs(network).count_params() > count
    assert network.count_params() == count
    assert merge_signs(network) is not network


def test_networks_without_them_are_left_alone():
    network = EDSR(scale=2, filters=2, num_blocks=1)
    assert merge_signs(network) is network


def test_a_convolution_that_others_see_is_left_alone(rng):
    inputs = keras.Input((None, None, 1))
    x = keras.layers.Conv2D(2, 3, padding="same")(inputs)
    both = keras.layers.Concatenate()([x, ConcatenatedReLU()(x)])
    network = keras.Model(inputs, both)
    assert merge_signs(network) is network


def _within(rng, convolution):
    inputs = keras.Input((None, None, 2))
    x = ConcatenatedReLU()(convolution(inputs))
    network = keras.Model(inputs, keras.layers.Conv2D(1, 3, padding="same")(x))
    x = rng.uniform(-1, 1, (1, 6, 5, 2)).astype(np.float32)
    before, after = (
        keras.ops.convert_to_numpy(net(x)) for net in (network, merge_signs(network))
    )
    np.testing.assert_allclose(after, before, atol=1e-5)
    return network


def test_inputs_without_a_name_do_not_matter(rng):
    network = _within(rng, keras.layers.Conv2D(4, 3, padding="same"))
    assert merge_signs(network) is not network


def test_grouped_and_adapted_convolutions_are_left_alone(rng):
    adapted = keras.layers.Conv2D(4, 3, padding="same")
    adapted.build((None, None, None, 2))
    adapted.enable_lora(2)
    for convolution in (adapted, keras.layers.Conv2D(4, 3, groups=2, padding="same")):
        network = _within(rng, convolution)
        assert merge_signs(network) is network


def test_a_convolution_that_is_an_output_is_left_alone():
    inputs = keras.Input((None, None, 2))
    x = keras.layers.Conv2D(4, 3, padding="same")(inputs)
    network = keras.Model(inputs, [x, ConcatenatedReLU()(x)])
    assert merge_signs(network) is network
