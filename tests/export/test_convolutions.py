import keras
import pytest

from srkit.export.convolutions import is_linear


class Other(keras.layers.Conv2D):
    """May compute anything."""


@pytest.mark.parametrize(
    ("layer", "linear"),
    [
        (keras.layers.Conv2D(4, 3), True),
        (keras.layers.Conv2D(4, 3, padding="same", strides=2), True),
        (keras.layers.Conv2D(4, 3, activation="relu"), False),
        (keras.layers.Conv2D(4, 3, groups=2), False),
        (keras.layers.Conv2D(4, 3, data_format="channels_first"), False),
        (Other(4, 3), False),
        (keras.layers.ReLU(), False),
    ],
)
def test_only_plain_convolutions_are_linear(layer, linear):
    assert is_linear(layer) is linear


def test_an_adapted_convolution_is_more_than_its_kernel():
    layer = keras.layers.Conv2D(4, 3)
    layer.build((None, None, None, 2))
    assert is_linear(layer)
    layer.enable_lora(2)
    assert not is_linear(layer)
