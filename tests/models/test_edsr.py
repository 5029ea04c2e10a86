import pytest

from srkit.errors import ArgumentError
from srkit.models import EDSR
from tests.contracts import check_network


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("interpolated", [False, True])
def test_contract(scale, interpolated, tmp_path):
    check_network(
        lambda: EDSR(scale=scale, filters=8, num_blocks=1, interpolated=interpolated),
        tmp_path,
    )


@pytest.mark.parametrize(
    ("scale", "parameters"), [(2, 1_369_859), (3, 1_554_499), (4, 1_517_571)]
)
def test_baseline_has_the_papers_parameters(scale, parameters):
    assert EDSR(scale=scale).count_params() == parameters


def test_depth_study_reaches_sixty_blocks():
    assert EDSR(scale=2, filters=4, num_blocks=60).radius == 124


def test_residual_scale_is_kept():
    model = EDSR(scale=2, filters=4, num_blocks=1, residual_scale=0.1)
    assert type(model).from_config(model.get_config()).residual_scale == 0.1


@pytest.mark.parametrize("options", [{"scale": 5}, {"num_blocks": 0}, {"filters": 0}])
def test_refuses_what_it_cannot_be(options):
    with pytest.raises(ArgumentError, match=next(iter(options))):
        EDSR(**options)
