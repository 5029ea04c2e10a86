"""Gray, levels and floats, rounded once."""

import numpy as np
import pytest

from srkit.engine import Engine, enlarge
from srkit.errors import ImageError


@pytest.mark.parametrize("ensemble", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_dtype_and_channels_are_kept(nearest, rng, dtype, channels, ensemble):
    top = 1 if dtype == "float32" else np.iinfo(dtype).max
    pixels = (rng.uniform(0, 1, (5, 4, channels)) * top).astype(dtype)
    sr = enlarge(Engine(nearest(scale=2)), pixels, ensemble=ensemble)
    assert sr.dtype == dtype
    expected = pixels.repeat(2, 0).repeat(2, 1)
    np.testing.assert_allclose(sr, expected, atol=1e-5 if top == 1 else 0)


def test_gray_is_mixed_by_brightness(nearest):
    engine = Engine(nearest(scale=2))

    class Tinted:
        channels = 3

        def __call__(self, values):
            return engine(values) * np.float32([1, 0.5, 0])

    sr = enlarge(Tinted(), np.full((3, 2, 1), 201, np.uint8))
    assert (sr == round(201 * (0.299 + 0.587 / 2))).all()


def test_a_network_for_gray_refuses_colour(nearest):
    with pytest.raises(ImageError, match="gray pictures only"):
        enlarge(Engine(nearest(channels=1)), np.zeros((3, 2, 3), np.uint8))
