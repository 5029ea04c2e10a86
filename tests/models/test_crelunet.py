import pytest

from srkit.errors import ArgumentError
from srkit.models import CReLUNet
from tests.contracts import check_network
from tests.models.reach import check_reach


@pytest.mark.parametrize(
    "option", [{}, {"interpolated": True}, {"shuffle": True}, {"channels": 3}]
)
def test_contract(option, tmp_path):
    check_network(lambda: CReLUNet(filters=4, num_blocks=3, **option), tmp_path)


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_its_radius_is_what_a_pixel_sees(scale, shuffle):
    check_reach(CReLUNet(scale=scale, filters=2, shuffle=shuffle))


@pytest.mark.parametrize("num_blocks", [1, 7])
@pytest.mark.parametrize("filters", [4, 8])
def test_parameters_by_hand(filters, num_blocks):
    """Each convolution sees twice its width; the closing one sees all of them."""
    body = (num_blocks - 1) * (9 * 2 * filters * filters + filters)
    seen = num_blocks * 2 * filters
    trunk = 9 * filters + filters + body
    options = {"filters": filters, "num_blocks": num_blocks}
    assert CReLUNet(**options).count_params() == trunk + 9 * seen + 1
    shuffling = CReLUNet(**options, shuffle=True)
    assert shuffling.count_params() == trunk + 4 * (9 * seen + 1)


def test_luma_is_enlarged_by_two_unless_told_otherwise():
    assert CReLUNet(filters=4).output_shape == (None, None, None, 1)
    assert CReLUNet(filters=4).scale == 2


@pytest.mark.parametrize("options", [{"scale": 5}, {"filters": 0}, {"num_blocks": 0}])
def test_refuses_what_it_cannot_be(options):
    with pytest.raises(ArgumentError, match=next(iter(options))):
        CReLUNet(**options)
