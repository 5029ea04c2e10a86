import pytest

from srkit.engine.memory import bytes_per_pixel, largest_tile
from srkit.errors import ArgumentError
from srkit.models import EDSR


def test_wider_networks_need_more():
    narrow, wide = (EDSR(scale=2, filters=f, num_blocks=1) for f in (32, 64))
    assert bytes_per_pixel(wide) == 2 * bytes_per_pixel(narrow)


def test_the_tile_and_its_halo_stay_within_the_budget():
    tile = largest_tile(1000, halo=10, memory=1.0)
    assert (tile + 20) ** 2 * 1000 <= 2**30 < (tile + 21) ** 2 * 1000


@pytest.mark.parametrize(("halo", "least"), [(0, 1), (10, 10), (349, 349)])
def test_there_is_always_a_tile_to_try_that_is_not_all_margin(halo, least):
    assert largest_tile(10**9, halo=halo, memory=0.001) == least


def test_a_budget_of_nothing_is_refused():
    with pytest.raises(ArgumentError, match="`memory`"):
        largest_tile(1000, halo=0, memory=0)
