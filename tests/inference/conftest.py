"""A network that is plain bicubic enlargement, so that results can be foretold."""

from __future__ import annotations

import keras
import pytest

from srkit.layers import Interpolate
from srkit.models import SuperResolver


@keras.saving.register_keras_serializable("tests")
class BicubicNetwork(SuperResolver):
    """Enlarges as `resize` does; two LR pixels on each side count."""

    def __init__(self, *, scale=2, channels=3, kernel="bicubic", dtype=None, name="b"):
        inputs = keras.Input((None, None, channels), name="lr")
        super().__init__(inputs, Interpolate(scale, kernel)(inputs), name=name)
        self.scale, self.channels, self.kernel, self.radius = scale, channels, kernel, 3

    def get_config(self):
        """Arguments of the constructor."""
        return {
            "scale": self.scale,
            "channels": self.channels,
            "kernel": self.kernel,
            "name": self.name,
        }


@pytest.fixture(scope="session")
def network():
    return BicubicNetwork()
