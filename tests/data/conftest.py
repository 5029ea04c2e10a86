"""Pictures that the tests of `data` draw for themselves."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def photograph():
    """Draw a picture with the falling spectrum and the noise of a photograph."""

    def draw(height=96, width=112, *, seed=0, contrast=50):
        rng = np.random.default_rng(seed)
        y = np.fft.fftfreq(height)[:, None, None]
        x = np.fft.fftfreq(width)[None, :, None]
        falloff = 1 / np.maximum(np.hypot(y, x), 1 / max(height, width))
        waves = np.fft.fft2(rng.normal(size=(height, width, 3)), axes=(0, 1))
        pixels = np.fft.ifft2(waves * falloff, axes=(0, 1)).real
        pixels = 128 + contrast * pixels / pixels.std() + rng.normal(0, 2, pixels.shape)
        return np.clip(np.rint(pixels), 0, 255).astype(np.uint8)

    return draw


@pytest.fixture
def write(tmp_path):
    """Write pictures into a folder: {name: pixels}, gray where they have two axes."""

    def write_pictures(folder, pictures):
        path = tmp_path / folder
        path.mkdir(parents=True, exist_ok=True)
        for name, pixels in pictures.items():
            Image.fromarray(pixels).save(path / name)
        return path

    return write_pictures


@pytest.fixture
def folder(photograph, write):
    """A folder of four pictures of unequal sizes, all of at least 48 pixels."""
    return write(
        "hr", {f"{n}.png": photograph(48 + 8 * n, 72 - 6 * n, seed=n) for n in range(4)}
    )
