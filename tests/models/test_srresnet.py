import pytest

from srkit.models import SRResNet
from tests.contracts import check_network
from tests.models.reach import check_reach


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


@pytest.mark.parametrize(
    "option", [{"concatenated": True}, {"shuffle": False}, {"hr_convs": 1}]
)
def test_contract_of_the_settings_for_low_quality(option, tmp_path):
    check_network(
        lambda: SRResNet(scale=4, filters=6, num_blocks=1, **option), tmp_path
    )


@pytest.mark.parametrize(("shuffle", "hr_convs"), [(False, 0), (True, 0), (False, 2)])
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_its_radius_is_what_a_pixel_sees(scale, shuffle, hr_convs):
    options = {"batch_norm": False, "shuffle": shuffle, "hr_convs": hr_convs}
    check_reach(SRResNet(scale=scale, filters=4, num_blocks=1, **options))


def test_low_quality_settings_by_hand():
    """Concatenation doubles what the first upscaling sees; repeating takes 64 for 256.

    Momentum 0.5 and one slope a channel, shared over space, are there by default.
    """
    model = SRResNet(num_blocks=1)
    concatenated = SRResNet(num_blocks=1, concatenated=True)
    assert concatenated.count_params() == model.count_params() + 9 * 64 * 256
    repeating = SRResNet(num_blocks=1, shuffle=False)
    narrower = 2 * (9 * 64 * 192 + 192)
    assert repeating.count_params() == model.count_params() - narrower
    assert model.get_layer("block1_bn1").momentum == 0.5
    assert model.get_layer("block1_prelu").alpha.shape == (1, 1, 64)


def test_parameters_are_the_papers():
    """1.55 M with everything, as re-implementations of figure 4 count it."""
    assert SRResNet().count_params() == 1_554_883
