import pytest

from srkit.models import SRResNet
from tests.contracts import check_network


@pytest.mark.parametrize("batch_norm", [False, True])
def test_contract(batch_norm, tmp_path):
    check_network(
        lambda: SRResNet(scale=2, filters=8, num_blocks=1, batch_norm=batch_norm),
        tmp_path,
    )


def test_interpolated_contract(tmp_path):
    check_network(
        lambda: SRResNet(scale=4, filters=8, num_blocks=1, interpolated=True), tmp_path
    )


def test_parameters_are_the_papers():
    """1.55 M with everything, as re-implementations of figure 4 count it."""
    assert SRResNet().count_params() == 1_554_883
