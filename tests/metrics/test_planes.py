"""What is compared of two pictures, whatever they are stored as."""

import numpy as np
import pytest
from keras import ops

from srkit.metrics import Protocol
from srkit.metrics.planes import planes

LEVELS = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)


def stored(black):
    """The same levels in every form that is taken."""
    unit = LEVELS / 255
    floats = unit * (1 - black) + black
    wide = LEVELS.astype(np.uint16) * 257
    return [LEVELS, wide, floats, floats.astype(np.float32)]


@pytest.mark.parametrize("black", [0.0, -1.0])
@pytest.mark.parametrize("form", range(4))
def test_every_level_is_found_again(black, form):
    image = stored(black)[form]
    protocol = Protocol(shave=0)
    x, y = planes(image, LEVELS, protocol, smallest=1, black=black)
    assert x.dtype == np.float64
    np.testing.assert_array_equal(x, y)
    if image.dtype == np.float64:
        image = image.astype(np.float32)
    tensor = ops.convert_to_tensor(image)
    x, _ = planes(tensor, LEVELS, protocol, smallest=1, black=black)
    np.testing.assert_array_equal(ops.convert_to_numpy(x), LEVELS)


def test_the_border_is_left_out():
    x, y = planes(LEVELS, LEVELS, Protocol(shave=3), smallest=1, black=0.0)
    assert x.shape == y.shape == (1, 10, 10, 1)
    assert x[0, 0, 0, 0] == 3 * 16 + 3
