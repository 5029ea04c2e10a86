import numpy as np
import pytest

from srkit.errors import ArgumentError
from srkit.models import EDSR
from srkit.training import copy_matching
from tests.training import tiny


def test_a_x4_network_starts_from_the_body_of_a_x2_one():
    source, target = tiny.network(), EDSR(scale=4, filters=4, num_blocks=1)
    copied = copy_matching(source, target)
    assert {"head", "body", "block1_conv1", "upsample1_conv", "tail"} <= set(copied)
    assert "upsample2_conv" not in copied
    for name in copied:
        for mine, theirs in zip(
            target.get_layer(name).get_weights(),
            source.get_layer(name).get_weights(),
            strict=True,
        ):
            np.testing.assert_array_equal(mine, theirs)


def test_networks_without_a_common_layer_are_refused():
    with pytest.raises(ArgumentError, match="share layers"):
        copy_matching(tiny.network(), EDSR(scale=2, filters=6, num_blocks=1))


def test_layers_of_a_network_trained_adversarially_make_one_that_was():
    source, target = tiny.network(), EDSR(scale=4, filters=4, num_blocks=1)
    source.adversarial = "trained against a discriminator"
    copy_matching(source, target)
    assert target.adversarial == source.adversarial
    copy_matching(tiny.network(), target)
    assert target.adversarial, "layers of the first may be left"
