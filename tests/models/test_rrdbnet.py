import numpy as np
import pytest

from srkit.errors import ArgumentError
from srkit.models import RRDBNet
from tests.contracts import check_network
from tests.models.reach import check_reach


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_contract(scale, tmp_path):
    check_network(
        lambda: RRDBNet(scale=scale, filters=6, num_blocks=1, growth=3), tmp_path
    )


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_its_radius_is_what_a_pixel_sees(scale):
    check_reach(RRDBNet(scale=scale, filters=4, num_blocks=1, growth=2))


def test_parameters_are_the_published_networks():
    """16,697,987 for ESRGAN's and Real-ESRGAN's x4, 4,467,779 for the one of 6."""
    one, two = (RRDBNet(num_blocks=blocks).count_params() for blocks in (1, 2))
    each = two - one
    assert one + 22 * each == 16_697_987
    assert one + 5 * each == 4_467_779


@pytest.mark.slow
def test_the_whole_of_it_is_the_published_size():
    model = RRDBNet()
    assert model.count_params() == 16_697_987
    assert model.radius == 349


def test_each_convolution_starts_with_numbers_of_its_own():
    model = RRDBNet(filters=8, num_blocks=1, growth=8)
    first, second = (model.get_layer(f"block1_dense{n}_conv2") for n in (1, 2))
    assert first.kernel.shape == second.kernel.shape
    assert np.abs(np.asarray(first.kernel) - np.asarray(second.kernel)).max() > 0


@pytest.mark.parametrize("option", ["scale", "filters", "num_blocks", "growth"])
def test_refuses_what_it_cannot_be(option):
    with pytest.raises(ArgumentError, match=option):
        RRDBNet(**{option: 0})
