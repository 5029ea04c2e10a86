"""JPEG and the video codecs: blocks, quality, colour."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data.degradations import H264, JPEG, MJPEG, MPEG4


def error(found, image):
    return np.mean((found.astype(float) - image) ** 2)


@pytest.mark.parametrize(
    ("codec", "qualities"),
    [
        (lambda q: JPEG(quality=q), (95, 70, 40, 10)),
        (lambda q: H264(crf=q, frames=4, pan=0.7, angle=30.0), (12, 20, 28, 36, 44)),
        (lambda q: MPEG4(quantiser=q, frames=3, pan=0.7), (2, 6, 14, 30)),
        (lambda q: MJPEG(quantiser=q), (2, 6, 14, 30)),
    ],
)
def test_the_worse_the_quality_the_greater_the_error(codec, qualities, image, rng):
    errors = [error(codec(quality)(image, rng), image) for quality in qualities]
    assert errors == sorted(errors)
    assert errors[-1] > 3 * errors[0] > 0


def test_jpeg_leaves_borders_of_blocks(image, rng):
    found = JPEG(quality=12)(image, rng).astype(float)
    steps = np.abs(np.diff(found, axis=1)).mean(axis=(0, 2))
    at_borders = np.arange(1, steps.size + 1) % 8 == 0
    assert steps[at_borders].mean() > 1.3 * steps[~at_borders].mean()
    plain = np.abs(np.diff(image.astype(float), axis=1)).mean(axis=(0, 2))
    assert plain[at_borders].mean() < 1.1 * plain[~at_borders].mean()


@pytest.mark.parametrize(
    "codec", [H264(crf=1), MPEG4(quantiser=2), MJPEG(quantiser=2), JPEG(quality=100)]
)
@pytest.mark.parametrize("size", [(16, 16), (33, 47)])
def test_colour_and_place_are_kept(codec, size, rng):
    y, x = np.mgrid[: size[0], : size[1]]
    image = np.stack([40 + 3 * x, 90 + 2 * y, 200 - x - y], axis=-1).astype(np.uint8)
    found = codec(image, rng)
    assert found.shape == image.shape
    assert np.abs(found.astype(float) - image).mean() < 4
    assert np.abs((found.astype(float) - image).mean(axis=(0, 1))).max() < 2
