"""Non-local means: noise goes, strong edges stay."""

from __future__ import annotations

import numpy as np

from srkit.data.degradations import LineArt, NonLocalMeans


def test_noise_goes_and_edges_stay(rng):
    clean = np.full((32, 32, 3), 60, np.uint8)
    clean[:, 16:] = 200
    noise = rng.normal(0, 5, clean.shape)
    noisy = np.clip(clean + noise, 0, 255).astype(np.uint8)
    smooth = NonLocalMeans(strength=15.0)(noisy, rng).astype(int)
    before, after = (np.abs(x.astype(int) - clean).mean() for x in (noisy, smooth))
    assert after < before / 2
    assert np.abs(smooth[:, 15] - smooth[:, 16]).mean() > 130


def test_line_art_sees_both_neither_or_one(photograph):
    """A quarter each: of 400, 225 are left as they were, and 25 see both."""
    image = photograph(8, 9)
    seen = [LineArt().draw(np.random.default_rng(n)).caption for n in range(400)]
    counts = [
        sum(("blur" in text, "denoised" in text) == kind for text in seen)
        for kind in ((False, False), (True, False), (False, True), (True, True))
    ]
    np.testing.assert_allclose(counts, [225, 75, 75, 25], atol=35)
    drawn = LineArt(blurred=0.0, denoised=0.0)(image, np.random.default_rng(0))
    np.testing.assert_array_equal(drawn, image)
