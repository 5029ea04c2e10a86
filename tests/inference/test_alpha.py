"""Transparent pictures come out without fringes."""

from __future__ import annotations

import numpy as np

from srkit.image.resampling import resize
from srkit.inference import Upscaler
from srkit.inference.alpha import bleed, settle

RED, GARBAGE = (230, 40, 20), (0, 255, 0)


def disc(size, *, garbage=GARBAGE):
    """A red disc on transparency, antialiased; RGBA, uint8."""
    y, x = (np.mgrid[: size * 8, : size * 8] + 0.5) / (size * 8) - 0.5
    alpha = (np.hypot(x, y) < 0.3).reshape(size, 8, size, 8).mean((1, 3))
    pixels = np.full((size, size, 4), (*RED, 0), np.uint8)
    pixels[alpha == 0, :3] = garbage
    pixels[..., 3] = np.rint(alpha * 255)
    return pixels


def on(background, rgba):
    """The picture composited on one shade."""
    alpha = rgba[..., 3:] / 255
    return rgba[..., :3] * alpha + background * (1 - alpha)


def test_disc_has_no_fringe(network):
    sr, truth = Upscaler(network)(disc(32)), disc(64)
    for background in (0, 255):
        wrong = np.abs(on(background, sr) - on(background, truth))
        # What the network makes of the same disc on that background, without alpha.
        flat = on(background, disc(32)).round().astype(np.uint8)
        opaque = np.abs(Upscaler(network)(flat) - on(background, truth))
        assert wrong.max() <= opaque.max() + 2
        assert wrong.mean() <= opaque.mean() * 1.05


def test_alpha_ends_are_clean(network):
    sr = Upscaler(network)(disc(32))
    assert sr[:8, :, 3].max() == 0
    assert sr[28:36, 28:36, 3].min() == 255


def test_colors_under_transparency_do_not_matter(network):
    one = Upscaler(network)(disc(24, garbage=(0, 0, 0)))
    other = Upscaler(network)(disc(24, garbage=(0, 255, 255)))
    np.testing.assert_array_equal(one, other)


def test_opaque_picture_equals_the_one_without_alpha(network, picture):
    opaque = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    sr = Upscaler(network)(opaque)
    assert (sr[..., 3] == 255).all()
    np.testing.assert_array_equal(sr[..., :3], Upscaler(network)(picture))


def test_bleed_keeps_what_is_visible(rng):
    color = rng.uniform(0, 1, (13, 7, 3)).astype(np.float32)
    alpha = (rng.uniform(0, 1, (13, 7, 1)) > 0.6).astype(np.float32)
    filled = bleed(color, alpha)
    shown = alpha[..., 0] > 0
    np.testing.assert_array_equal(filled[shown], color[shown])
    low, high = color[shown].min(0) - 1e-6, color[shown].max(0) + 1e-6
    assert (filled >= low).all()
    assert (filled <= high).all()


def test_bleed_leaves_wholly_transparent_and_opaque_pictures_alone(rng):
    color = rng.uniform(0, 1, (4, 5, 3)).astype(np.float32)
    for opacity in (0, 1):
        alpha = np.full((4, 5, 1), opacity, np.float32)
        assert bleed(color, alpha) is color


def test_settle_clips_to_the_neighbours():
    lr = np.zeros((6, 6, 1), np.float32)
    lr[:, 3:] = 1
    ripples = resize(lr, scale=2) + np.float32(0.01)
    settled = settle(ripples, lr)
    assert settled.shape == (12, 12, 1)
    assert (settled[:, :4] == 0).all()
    assert (settled[:, 8:] == 1).all()
