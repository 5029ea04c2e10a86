import keras
import numpy as np
import pytest

from srkit.engine import fuse_closing_layers
from srkit.models import EDSR, SRResNet


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


def test_an_activation_between_them_forbids_merging():
    network = SRResNet(scale=2, filters=4, num_blocks=1)
    assert fuse_closing_layers(network).count_params() >= network.count_params()
    x = np.random.default_rng(0).uniform(-1, 1, (1, 8, 8, 3)).astype(np.float32)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(fuse_closing_layers(network)(x)),
        keras.ops.convert_to_numpy(network(x)),
        atol=1e-5,
    )
