"""Plans by themselves: names and sizes are known before a network is built."""

import pytest

from srkit.errors import ArgumentError
from srkit.layers.features import NETWORKS


def test_srgan_s_names_are_understood():
    plan = NETWORKS["vgg19"]
    assert plan.resolve(["vgg54", "vgg22"]) == ("block5_conv4", "block2_conv2")


@pytest.mark.parametrize("plan", NETWORKS.values(), ids=lambda plan: plan.name)
def test_a_plan_has_the_layers_that_it_names(plan):
    assert plan.resolve(plan.distance_layers) == plan.distance_layers
    assert plan.resolve([plan.content_layer]) == (plan.content_layer,)
    assert set(plan.aliases.values()) <= {layer.name for layer in plan.layers}
    with pytest.raises(ArgumentError, match=f"`layers` of {plan.name} are"):
        plan.resolve(["fc1"])


def test_a_deeper_layer_needs_a_larger_picture():
    plan = NETWORKS["squeezenet11"]
    sides = [plan.smallest_side([name]) for name in plan.distance_layers]
    assert sides == [3, 7, 15, 31, 31, 31, 31]
