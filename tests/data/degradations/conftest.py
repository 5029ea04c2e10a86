"""What the tests of degradations look at."""

from __future__ import annotations

import pytest


@pytest.fixture
def image(photograph):
    """A gray picture: what chroma loses to 4:2:0 would hide the rest."""
    return photograph(72, 90)[..., 1:2].repeat(3, axis=2)
