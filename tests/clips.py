"""Footage of a fixed camera, made of a photograph: what is in it is known exactly."""

from __future__ import annotations

import numpy as np
from skimage import data

from srkit.image import downscale
from srkit.image.registration import shifted


def photograph(name="astronaut", height=240, width=320):
    """A photograph of scikit-image, cropped, uint8."""
    return np.ascontiguousarray(getattr(data, name)()[:height, :width, :3])


def noisy(picture, sigma, rng):
    """The picture with Gaussian noise of `sigma` levels, uint8."""
    levels = picture + rng.normal(0, sigma, picture.shape)
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


def still_clip(hr, count, *, sigma, rng, scale=2):
    """`count` LR frames of a picture that does not change, each with its noise."""
    lr = downscale(hr, scale)
    return [noisy(lr, sigma, rng) for _ in range(count)]


def burst(hr, count, *, sigma, rng, scale=4, jitter=2.0):
    """LR frames of a camera that trembles by up to `jitter` LR pixels, and the shifts.

    The first does not stand off. `hr` loses 32 pixels at each border, so that no frame
    shows what was mirrored in; it is returned first.
    """
    shifts = rng.uniform(-jitter, jitter, (count, 2))
    shifts[0] = 0
    inside = slice(32, -32)
    frames = []
    for down, right in shifts * scale:
        moved = shifted(hr.astype(np.float32), down, right)[inside, inside]
        levels = np.clip(np.rint(moved), 0, 255).astype(np.uint8)
        frames.append(noisy(downscale(levels, scale), sigma, rng))
    return hr[inside, inside], frames, shifts


def with_square(frame, top, left, *, side=16, value=255):
    """The frame with a square on it: something that moves."""
    marked = frame.copy()
    marked[top : top + side, left : left + side] = value
    return marked
