"""The flicker ratio: its definition spelt out, and what it says of clips."""

import numpy as np
import pytest

from srkit.errors import ArgumentError, DataError, ImageError
from srkit.image import resize
from srkit.metrics import Flicker
from tests.clips import photograph, still_clip, with_square


def measured(frames, results, **options):
    flicker = Flicker(scale=2, **options)
    for lr, sr in zip(frames, results, strict=True):
        flicker.update(lr, sr)
    return flicker


def spelt_out(frames, results, shave):
    """The definition in loops, for a clip in which nothing moves."""
    sums = []
    for clip in ([resize(lr, scale=2) for lr in frames], results):
        red, green, blue = np.moveaxis(np.array(clip, float) / 255, -1, 0)
        luma = 16 + 65.481 * red + 128.553 * green + 24.966 * blue
        luma = luma[:, shave:-shave, shave:-shave]
        pairs = [np.abs(luma[t] - luma[t - 1]).mean() for t in range(1, len(clip))]
        sums.append(np.mean(pairs))
    return sums[1] / sums[0]


@pytest.fixture
def frames(rng):
    return still_clip(photograph(), 4, sigma=6, rng=rng)


@pytest.fixture
def results(frames, rng):
    enlarged = [resize(lr, scale=2) for lr in frames]
    return [
        np.clip(sr + rng.normal(0, 8, sr.shape), 0, 255).astype(np.uint8)
        for sr in enlarged
    ]


@pytest.mark.parametrize("shave", [2, 9])
def test_the_ratio_is_its_definition(frames, results, shave):
    flicker = measured(frames, results, shave=shave)
    assert flicker.still == 1
    assert flicker.result() == pytest.approx(spelt_out(frames, results, shave), 1e-9)


def test_the_figure_says_what_it_is(frames, results):
    told = str(measured(frames, results).result())
    assert told.startswith("flicker ")
    assert told.endswith("[Y601s|shave2|uint8|consecutive|still5x5]")
    gray = measured(frames, results, channel="rgb", shave=0).result()
    assert "RGB|shave0" in str(gray)


def test_bicubic_has_1_and_a_network_that_trembles_more(frames, results):
    bicubic = [resize(lr, scale=2) for lr in frames]
    assert measured(frames, bicubic).result() == pytest.approx(1, abs=1e-12)
    assert measured(frames, results).result() > 1.3
    still = [bicubic[0]] * len(frames)
    assert measured(frames, still).result() == 0


def test_what_moves_does_not_count(rng):
    clip = still_clip(photograph(), 5, sigma=6, rng=rng)
    frames = [with_square(lr, 40, 20 * t) for t, lr in enumerate(clip)]
    bicubic = [resize(lr, scale=2) for lr in frames]
    moved = [
        with_square(sr, 80, 40 * t, side=32, value=(9 * t))
        for t, sr in enumerate(bicubic)
    ]
    flicker = measured(frames, moved)
    assert 0.7 < flicker.still < 0.95
    assert flicker.result() == pytest.approx(1, abs=1e-12)


def test_pixels_of_16_bits_and_floats_and_gray_ones_are_taken(frames, results):
    wanted = measured(frames, results).result()
    for kind in (lambda v: v.astype(np.uint16) * np.uint16(257), lambda v: v / 255):
        alike = measured([kind(v) for v in frames], [kind(v) for v in results]).result()
        assert alike == pytest.approx(wanted, rel=0.01)
    gray = measured([v[..., :1] for v in frames], [v[..., :1] for v in results])
    assert gray.result() > 1.3


def test_a_clip_without_noise_is_1_or_infinite(results):
    lr = photograph(height=120, width=160)
    assert measured([lr] * 4, [results[0]] * 4).result() == 1
    assert measured([lr] * 4, results).result() == np.inf


def test_a_clip_in_which_nothing_stands_still_has_no_figure(frames, results):
    with pytest.raises(DataError, match="two frames with pixels that stand still"):
        measured(frames[:1], results[:1]).result()
    black = [np.zeros_like(lr) if t % 2 else lr | 128 for t, lr in enumerate(frames)]
    with pytest.raises(DataError, match="none of them still"):
        measured(black, results).result()


def test_a_new_clip_forgets_the_one_before(frames, results):
    flicker = measured(frames, results)
    wanted = flicker.result()
    flicker.update(255 - frames[0], results[0])
    flicker.reset()
    assert flicker.still == 0
    for lr, sr in zip(frames, results, strict=True):
        flicker.update(lr, sr)
    assert flicker.result() == wanted


def test_frames_that_do_not_fit_are_refused(frames, results):
    flicker = measured(frames[:1], results[:1])
    with pytest.raises(ImageError, match="`sr` must have the shape"):
        flicker.update(frames[1], frames[1])
    with pytest.raises(
        ImageError, match="`lr` must have the shape of the frame before"
    ):
        flicker.update(frames[1][:60], results[1][:120])
    with pytest.raises(ImageError, match="float in"):
        flicker.update(frames[1].astype(float), results[1])
    with pytest.raises(ArgumentError, match="`shave`"):
        Flicker(scale=2, shave=-1)
