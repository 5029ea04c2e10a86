"""Pictures to measure with, drawn so that no download is needed."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from srkit.image.files import Picture
from srkit.types import ByteImage


def natural_picture(height: int, width: int, *, seed: int = 0) -> ByteImage:
    """Noise with a spectrum like that of photographs, so that files pack as theirs do.

    Shape:
        To ``(height, width, 3)``.

    Source:
        Field, Relations between the statistics of natural images and the response
        properties of cortical cells, JOSA A 1987: amplitudes fall as 1/f. Here as
        1/f^1.5, since lenses and demosaicing soften the finest detail further.
    """
    rng = np.random.default_rng(seed)
    rows, columns = np.fft.fftfreq(height), np.fft.rfftfreq(width)
    falloff = np.hypot(rows[:, None], columns) ** 1.5
    falloff[0, 0] = np.inf
    planes = []
    for _ in range(3):
        spectrum = np.fft.rfft2(rng.normal(size=(height, width))) / falloff
        planes.append(np.fft.irfft2(spectrum, s=(height, width)))
    shared, *tints = (plane / plane.std() for plane in planes)
    channels = [shared, shared + 0.3 * tints[0], shared + 0.3 * tints[1]]
    levels = 128 + 45 * np.stack(channels, axis=-1)
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


def write_pictures(folder: Path, *, count: int, side: int) -> list[Path]:
    """Writes square pictures into a folder, as PNG."""
    paths = [folder / f"{index}.png" for index in range(count)]
    for index, path in enumerate(paths):
        Picture(natural_picture(side, side, seed=index)).save(path)
    return paths
