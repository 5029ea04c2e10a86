"""Fixtures and rules that the tests of every room share."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
if "PYTEST_XDIST_WORKER" in os.environ:  # one process a core is enough
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")

import keras
import numpy as np
import pytest

from srkit.models import SuperResolver


def pytest_collection_modifyitems(items):
    """Skip what this machine or this backend cannot run, and say why."""
    backend = keras.backend.backend()
    for item in items:
        if backend != "tensorflow" and item.get_closest_marker("tensorflow"):
            item.add_marker(pytest.mark.skip(reason=f"Keras runs on {backend}"))


@pytest.fixture(autouse=True)
def _seed():
    keras.utils.set_random_seed(0)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def draw_picture(height=24, width=20, *, seed=0):
    """Draw a small RGB picture, uint8: a gradient, a disc, bars and some noise."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width].astype(float)
    shade = 60 + 100 * x / width + 60 * y / height
    picture = np.stack([shade, shade[::-1], 255 - shade], axis=-1)
    disc = (y - height / 2) ** 2 + (x - width / 3) ** 2 < (min(height, width) / 4) ** 2
    picture[disc] = rng.uniform(0, 255, 3)
    picture[:, width * 2 // 3 :: 3] = rng.uniform(0, 255, 3)
    picture += rng.normal(0, 4, picture.shape)
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


@pytest.fixture
def picture():
    """A small RGB picture, 24 x 20 uint8."""
    return draw_picture()


@keras.saving.register_keras_serializable("tests")
class Nearest(SuperResolver):
    """A network that only repeats pixels: what it must give is known exactly."""

    def __init__(self, *, scale=2, channels=3, name="nearest"):
        lr = keras.Input((None, None, channels))
        options = {"scale": scale, "channels": channels}
        sr = keras.layers.UpSampling2D(scale)(lr)
        super().__init__(lr, sr, radius=0, name=name, **options)

    def get_config(self):
        return {**self.options, "name": self.name}


@pytest.fixture
def nearest():
    """The class of a network that repeats pixels: `nearest(scale=4)` makes one."""
    return Nearest


@pytest.fixture
def picture_folder(tmp_path):
    """A folder of four PNG pictures of unequal sizes, 48 to 60 pixels."""
    from PIL import Image

    folder = tmp_path / "pictures"
    folder.mkdir()
    for index in range(4):
        pixels = draw_picture(48 + 4 * index, 60 - 4 * index, seed=index)
        Image.fromarray(pixels).save(folder / f"{index}.png")
    return folder


@pytest.fixture(scope="session")
def datasets():
    """The folder of the real test sets; tests that need it are skipped without."""
    folder = os.environ.get("SRKIT_DATASETS")
    if folder is None:
        pytest.skip("SRKIT_DATASETS is not set")
    return Path(folder)
