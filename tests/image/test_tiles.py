import numpy as np
import pytest

from srkit.errors import ArgumentError
from srkit.image.tiles import plan_cores, split_core, tile_around


@pytest.mark.parametrize("size", [(1, 1), (7, 40), (33, 32), (100, 61)])
@pytest.mark.parametrize("tile", [1, 8, 32, 1000])
def test_cores_cover_the_picture_once(size, tile):
    seen = np.zeros(size, int)
    for core in plan_cores(*size, tile):
        seen[core] += 1
        assert seen[core].shape[0] <= tile
        assert seen[core].shape[1] <= tile
    assert (seen == 1).all()


def test_parts_cover_a_core_once():
    seen = np.zeros((50, 50), int)
    for part in split_core((slice(10, 47), slice(3, 20)), 10):
        seen[part] += 1
    assert seen.sum() == 37 * 17
    assert seen.max() == 1


def test_a_halo_as_wide_as_the_radius_leaves_no_seam():
    """A sum over a 7x7 neighbourhood, zero outside, computed tile by tile."""
    picture = np.random.default_rng(0).integers(0, 9, (40, 33))

    def blur(x):
        padded = np.pad(x, 3)
        return sum(
            padded[dy : dy + x.shape[0], dx : dx + x.shape[1]]
            for dy in range(7)
            for dx in range(7)
        )

    whole, tiled = blur(picture), np.zeros_like(picture)
    for core in plan_cores(40, 33, 8):
        tile = tile_around(core, height=40, width=33, halo=3, scale=1)
        tiled[tile.target] = blur(picture[tile.source])[tile.keep]
    np.testing.assert_array_equal(tiled, whole)


def test_windows_at_sr_are_scaled():
    core = (slice(8, 16), slice(0, 8))
    tile = tile_around(core, height=40, width=40, halo=2, scale=4)
    assert tile.source == (slice(6, 18), slice(0, 10))
    assert tile.keep == (slice(8, 40), slice(0, 32))
    assert tile.target == (slice(32, 64), slice(0, 32))


def test_a_tile_of_nothing_is_refused():
    with pytest.raises(ArgumentError, match="`tile`"):
        list(plan_cores(4, 4, 0))
