import keras
import numpy as np
import pytest

from srkit.export import fuse_closing_layers
from srkit.layers import PixelShuffle
from srkit.models import EDSR, CReLUNet, SRResNet


def _random(network):
    rng = np.random.default_rng(0)
    for weight in network.weights:
        weight.assign(weight + rng.normal(0, 0.1, weight.shape))
    return network


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("interpolated", [False, True])
def test_merged_layers_give_the_same_pixels(scale, interpolated, rng):
    options = {"filters": 6, "num_blocks": 1, "interpolated": interpolated}
    network = _random(EDSR(scale=scale, **options))
    merged = fuse_closing_layers(network)
    assert merged is not network
    for size in ((2, 2), (2, 5), (3, 7), (9, 4), (12, 11)):
        x = rng.uniform(-1, 1, (2, *size, 3)).astype(np.float32)
        expected = keras.ops.convert_to_numpy(network(x))
        result = keras.ops.convert_to_numpy(merged(x))
        np.testing.assert_allclose(result, expected, atol=2e-5 * abs(expected).max())


@pytest.mark.parametrize("interpolated", [False, True])
@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_closing_convolution_alone_is_merged_without_a_ring(
    scale, shuffle, interpolated, rng
):
    """Neighbours are computed together where lanes are idle, at any size."""
    options = {"filters": 3, "num_blocks": 2, "shuffle": shuffle}
    network = _random(CReLUNet(scale=scale, interpolated=interpolated, **options))
    merged = fuse_closing_layers(network)
    tail = merged.layers[-1]
    assert (tail.side, tail.rim) == (2 if scale == 2 else 1, 0)
    for size in ((1, 1), (2, 5), (3, 7), (9, 4), (5, 12)):
        x = rng.uniform(-1, 1, (2, *size, 1)).astype(np.float32)
        expected = keras.ops.convert_to_numpy(network(x))
        result = keras.ops.convert_to_numpy(merged(x))
        np.testing.assert_allclose(result, expected, atol=2e-5 * abs(expected).max())


@pytest.mark.parametrize("size", [(2, 3), 1])
def test_growth_that_is_uneven_or_none_is_left_alone(size):
    inputs = keras.Input((None, None, 2))
    x = keras.layers.UpSampling2D(size)(inputs)
    network = keras.Model(inputs, keras.layers.Conv2D(3, 3, padding="same")(x))
    assert fuse_closing_layers(network) is network


def test_an_activation_between_them_forbids_merging():
    network = SRResNet(scale=2, filters=4, num_blocks=1)
    assert fuse_closing_layers(network).count_params() >= network.count_params()
    x = np.random.default_rng(0).uniform(-1, 1, (1, 8, 8, 3)).astype(np.float32)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(fuse_closing_layers(network)(x)),
        keras.ops.convert_to_numpy(network(x)),
        atol=1e-5,
    )


def closing(**options):
    """A network whose last convolution has those options."""
    inputs = keras.Input((None, None, 3))
    x = PixelShuffle(2)(keras.layers.Conv2D(12, 3, padding="same")(inputs))
    options = {"kernel_size": 3, "padding": "same", **options}
    return keras.Model(inputs, keras.layers.Conv2D(3, **options)(x))


def test_the_plain_kind_is_merged():
    network = closing()
    assert fuse_closing_layers(network) is not network


@pytest.mark.parametrize(
    "options",
    [
        {"kernel_size": (1, 9)},
        {"kernel_size": 2},
        {"kernel_size": 7},  # meets the padding two LR pixels from the edge
        {"activation": "tanh"},
        {"padding": "valid"},
        {"dilation_rate": 2},
        {"groups": 3},
    ],
)
def test_other_kinds_of_convolution_are_left_alone(options):
    network = closing(**options)
    assert fuse_closing_layers(network) is network


def test_a_convolution_without_bias_is_left_alone(rng):
    network = _random(closing(use_bias=False))
    fused = fuse_closing_layers(network)
    x = rng.uniform(-1, 1, (1, 5, 6, 3)).astype(np.float32)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(fused(x)),
        keras.ops.convert_to_numpy(network(x)),
        atol=1e-5,
    )


def test_a_layer_called_twice_is_left_alone():
    inputs = keras.Input((None, None, 3))
    shared = keras.layers.Conv2D(3, 3, padding="same")
    x = keras.layers.Activation("tanh")(shared(inputs))
    x = PixelShuffle(2)(keras.layers.Conv2D(12, 3, padding="same")(x))
    network = keras.Model(inputs, shared(x))
    assert fuse_closing_layers(network) is network


def test_networks_that_are_no_chain_are_left_alone():
    inputs = keras.Input((None, None, 3))
    several = keras.Model(inputs, [closing()(inputs), inputs])

    class Subclassed(keras.Model):
        def call(self, x):
            return x

    for network in (several, Subclassed()):
        assert fuse_closing_layers(network) is network


@pytest.mark.parametrize("interpolated", [False, True])
@pytest.mark.parametrize("kind", [EDSR, CReLUNet])
def test_in_bfloat16_they_stay_within_its_digits(kind, interpolated, rng):
    options = {"filters": 8, "num_blocks": 1, "interpolated": interpolated}
    network = kind(scale=2, dtype="mixed_bfloat16", **options)
    merged = fuse_closing_layers(network)
    assert merged is not network
    x = rng.uniform(-1, 1, (1, 9, 7, network.channels)).astype(np.float32)
    expected = keras.ops.convert_to_numpy(network(x))
    apart = abs(keras.ops.convert_to_numpy(merged(x)) - expected)
    assert apart.max() <= 2**-7 * max(1, abs(expected).max())


def test_what_is_added_keeps_all_its_digits(rng):
    """A network that draws nothing gives the bicubic enlargement in float32."""
    options = {"filters": 8, "num_blocks": 1, "interpolated": True}
    network = CReLUNet(scale=2, dtype="mixed_bfloat16", **options)
    for weight in network.weights:
        weight.assign(0 * weight)
    x = rng.uniform(-1, 1, (1, 9, 7, 1)).astype(np.float32)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(fuse_closing_layers(network)(x)),
        keras.ops.convert_to_numpy(network(x)),
        atol=1e-6,
    )
