import numpy as np
import pytest
from keras import ops

from srkit.errors import ArgumentError
from srkit.layers import FromNetwork, ToNetwork
from tests.contracts import check_layer


@pytest.mark.parametrize(
    "layer", [ToNetwork(), FromNetwork(), FromNetwork("uint16"), FromNetwork("float32")]
)
def test_layer_keeps_the_contract(layer):
    check_layer(layer, (2, 5, 4, 3))


def test_levels_of_another_kind_are_refused():
    with pytest.raises(ArgumentError, match="`levels` must be one of uint8"):
        FromNetwork("int8")


def test_the_two_ends_undo_each_other():
    levels = np.arange(256, dtype="uint8").reshape(1, 16, 16, 1)
    inside = ops.convert_to_numpy(ToNetwork()(levels))
    assert inside.min() == -1.0
    assert inside.max() == 1.0
    np.testing.assert_array_equal(ops.convert_to_numpy(FromNetwork()(inside)), levels)


def test_from_network_clips_and_rounds_half_up():
    x = np.array([[[[-2.0], [0.5 / 127.5 - 1], [2.0]]]], "float32")
    out = ops.convert_to_numpy(FromNetwork()(x)).ravel()
    assert out.tolist() == [0, 1, 255]


def test_configs_name_every_argument():
    layer = FromNetwork("uint16", name="door")
    assert FromNetwork.from_config(layer.get_config()).levels == "uint16"
    assert ToNetwork.from_config(ToNetwork(name="door").get_config()).name == "door"
