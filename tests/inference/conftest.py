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
        lr = keras.Input((None, None, channels), name="lr")
        options = {"scale": scale, "channels": channels, "kernel": kernel}
        sr = Interpolate(scale, kernel)(lr)
        super().__init__(lr, sr, radius=3, name=name, **options)

    def get_config(self):
        """Arguments of the constructor."""
        return {**self.options, "name": self.name}


@pytest.fixture(scope="session")
def network():
    return BicubicNetwork()
