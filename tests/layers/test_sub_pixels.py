import numpy as np
import pytest
from keras import ops

from srkit.layers import PixelShuffle
from srkit.layers.sub_pixels import block_side, kernel_of_block, shuffled


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("scale", [2, 3])
def test_few_channels_are_shuffled_alike(channels, scale, rng):
    x = rng.normal(size=(2, 4, 3, channels * scale**2)).astype("float32")
    np.testing.assert_array_equal(
        ops.convert_to_numpy(shuffled(ops.convert_to_tensor(x), scale)),
        ops.convert_to_numpy(PixelShuffle(scale)(x)),
    )


def test_blocks_are_made_where_lanes_are_idle():
    assert [block_side(count) for count in (1, 4, 5, 12, 16)] == [2, 2, 1, 1, 1]


@pytest.mark.parametrize("size", [1, 3, 5])
@pytest.mark.parametrize("shape", [(6, 8), (5, 7), (1, 1)])
def test_pixels_are_the_same_in_blocks(shape, size, rng):
    x = rng.normal(size=(1, *shape, 3)).astype("float32")
    kernel = rng.normal(size=(size, size, 3, 8)).astype("float32")
    expected = shuffled(ops.conv(x, kernel, padding="same"), 2)
    block = kernel_of_block(kernel, 2, 2)
    result = shuffled(ops.conv(x, block, 2, "same"), 4)
    np.testing.assert_allclose(
        ops.convert_to_numpy(result)[:, : 2 * shape[0], : 2 * shape[1]],
        ops.convert_to_numpy(expected),
        atol=1e-4,
    )
