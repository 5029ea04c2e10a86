"""The promise of the engine over many sizes, with a trained network."""

import numpy as np
import pytest

from srkit.engine import Engine
from srkit.models import InceptionResNetSR, RRDBNet, SuperResolver, list_presets

_LINES = [(n, 37) for n in range(1, 201)] + [(37, n) for n in range(1, 201)]
_PAIRS = np.random.default_rng(0).integers(1, 201, (200, 2)).tolist()


@pytest.mark.long
@pytest.mark.parametrize("preset", [preset.name for preset in list_presets()])
@pytest.mark.parametrize("precision", ["auto", "float32"])
def test_tiled_equals_whole_at_every_size(preset, precision):
    """Never over 1 level, on fewer than 1 pixel in 10,000, in tiles of 32, 48, 64."""
    network = SuperResolver.from_preset(preset)
    engine = Engine(network, precision=precision)
    budget, rng = engine.tile, np.random.default_rng(1)
    apart = pixels = 0
    for height, width in _LINES + _PAIRS:
        picture = _textured(rng, height, width)
        engine.tile = budget
        whole = engine(picture).astype(int)
        for tile in (32, 48, 64):
            engine.tile = tile
            difference = np.abs(engine(picture) - whole).max(axis=-1)
            assert difference.max() <= 1, (height, width, tile)
            apart += np.count_nonzero(difference)
            pixels += difference.size
    assert apart < pixels / 10_000


@pytest.mark.parametrize("network", [RRDBNet, InceptionResNetSR])
def test_a_networks_radius_makes_its_tiles_exact(network):
    """Tiles differ from the whole by rounding, and without their margin by far more."""
    small = network(filters=8, num_blocks=1)
    engine = Engine(small, precision="float32", tile=100)
    picture = _textured(np.random.default_rng(0), 61, 47) / np.float32(255)
    whole = engine(picture)
    engine.tile = 16
    np.testing.assert_allclose(engine(picture), whole, atol=2e-6)
    engine.radius = 2
    assert np.abs(engine(picture) - whole).max() > 1e-4


def _textured(rng, height, width):
    """Edges, slopes and noise: what a network reacts to."""
    y, x = np.mgrid[:height, :width]
    waves = 60 * np.sin(x / rng.uniform(1, 9)) + 60 * np.sign(np.sin(y / 5 + x / 7))
    picture = 128 + waves[..., None] + rng.normal(0, 12, (height, width, 3))
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)
