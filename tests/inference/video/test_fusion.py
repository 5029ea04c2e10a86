"""Several frames of a trembling camera give one with less noise, and no ghost."""

import numpy as np
import pytest

from srkit.errors import ArgumentError, ImageError
from srkit.image import resize
from srkit.inference.video import Fusion, fuse
from srkit.metrics import psnr
from tests.clips import burst, noisy, photograph, with_square


@pytest.fixture(scope="module")
def trembling():
    rng = np.random.default_rng(1)
    return burst(photograph("rocket", 320, 420), 8, sigma=8, rng=rng)


def error(frame, clean):
    inside = slice(4, -4)  # all frames show what is there
    off = frame[inside, inside].astype(float) - clean[inside, inside]
    return np.sqrt((off**2).mean())


def test_eight_frames_have_a_fraction_of_the_noise(trembling):
    hr, frames, shifts = trembling
    clean = resize(hr, scale=1 / 4)
    fused = fuse(frames, chosen=0)
    assert error(frames[0], clean) > 7.5
    assert error(fused.frame, clean) < 0.55 * error(frames[0], clean)
    assert fused.used == 8
    assert fused.moving.mean() < 0.02
    for found, (down, right) in zip(fused.alignments, shifts, strict=True):
        assert (found.down, found.right) == pytest.approx((-down, -right), abs=0.1)


def test_the_more_frames_the_better_after_bicubic(trembling):
    hr, frames, _ = trembling
    scores = [
        psnr(hr, resize(fuse(frames[:n], chosen=0).frame, scale=4), shave=16)
        for n in (1, 2, 4, 8)
    ]
    assert scores == sorted(scores)
    assert scores[-1] > scores[0] + 0.5


@pytest.mark.slow
@pytest.mark.parametrize("name", ["astronaut", "chelsea", "rocket"])
def test_eight_frames_gain_a_decibel_after_the_network(name, rng):
    from srkit import Upscaler

    hr, frames, _ = burst(photograph(name, 300, 360), 8, sigma=8, rng=rng)
    upscaler = Upscaler.from_preset("edsr_x4", precision="float32")
    one, eight = (
        psnr(hr, upscaler(lr), shave=16)
        for lr in (frames[0], fuse(frames, chosen=0).frame)
    )
    assert eight >= one + 1.0


def test_a_moving_object_is_that_of_the_single_frame_and_leaves_no_ghost(trembling):
    hr, frames, _ = trembling
    clean = resize(hr, scale=1 / 4)
    side, place = 12, [(30, 10 + 8 * t) for t in range(8)]
    marked = [
        with_square(frame, *at, side=side, value=(250, 30, 30))
        for frame, at in zip(frames, place, strict=True)
    ]
    fused = fuse(marked, chosen=4)
    inside = np.s_[30 : 30 + side, 42 : 42 + side]
    np.testing.assert_array_equal(fused.frame[inside], marked[4][inside])
    assert fused.moving[inside].all()
    # Where the square was in the other frames there is the background, and less noisy.
    path = fused.frame[30:42, 66 : 66 + 16].astype(float)
    background = fuse(frames, chosen=4).frame[30:42, 66 : 66 + 16]
    assert np.abs(path - background).max() < 4 * 8
    assert np.sqrt(((path - background) ** 2).mean()) < 8
    assert error(fused.frame, with_square(clean, 30, 42, side=side)) > 0


def test_a_lamp_that_flickers_does_not_hinder(trembling):
    hr, frames, _ = trembling
    clean = resize(hr, scale=1 / 4)
    lit = [
        np.rint((0.7 + 0.1 * (t % 3)) * frame).astype(np.uint8)
        for t, frame in enumerate(frames)
    ]
    lit[0] = frames[0]
    fused = fuse(lit, chosen=0)
    assert fused.used == 8
    assert error(fused.frame, clean) < 0.65 * error(frames[0], clean)


def test_a_frame_of_another_scene_is_not_used_and_said_so(trembling, rng):
    frames = trembling[1][:4]
    other = noisy(photograph("coffee", *frames[0].shape[:2]), 8, rng)
    fused = fuse([*frames[:2], other, *frames[2:]], chosen=0)
    assert [found is None for found in fused.alignments] == [
        False,
        False,
        True,
        False,
        False,
    ]
    np.testing.assert_array_equal(fused.frame, fuse(frames, chosen=0).frame)
    alone = fuse([frames[0], other], chosen=0)
    assert alone.used == 1
    assert alone.moving.all()
    np.testing.assert_array_equal(alone.frame, frames[0])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_one_frame_is_itself_whatever_its_kind(dtype, channels, rng):
    largest = np.iinfo(dtype).max
    frame = rng.integers(0, largest + 1, (40, 50, channels)).astype(dtype)
    fused = fuse([frame])
    assert fused.frame.dtype == dtype
    np.testing.assert_array_equal(fused.frame, frame)


def test_sixteen_bits_are_fused_finer_than_eight(trembling):
    frames = trembling[1]
    fine = fuse([frame.astype(np.uint16) * np.uint16(257) for frame in frames]).frame
    coarse = fuse(frames).frame
    assert fine.dtype == np.uint16
    assert (fine % 257 != 0).mean() > 0.9
    assert np.abs(fine / 257 - coarse).max() <= 0.51


def test_gray_frames_are_fused(trembling):
    hr, frames, _ = trembling
    clean = resize(hr, scale=1 / 4)[..., 1:2]
    gray = [frame[..., 1:2] for frame in frames]
    assert error(fuse(gray, chosen=0).frame, clean) < 0.6 * error(gray[0], clean)


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_a_clip_gives_each_frame_once_fused_with_those_around(trembling, n):
    frames = [frame[:40, :50] for frame in trembling[1]]
    fusion = Fusion(n)
    given = [fusion(frame) for frame in frames]
    ahead = n - n // 2 - 1
    assert [len(each) for each in given] == [0] * ahead + [1] * (8 - ahead)
    fused = [one for each in given for one in each] + fusion.finish()
    assert len(fused) == 8
    for t, one in enumerate(fused):
        start = max(0, t - n // 2)
        wanted = fuse(frames[start : t + ahead + 1], chosen=t - start)
        np.testing.assert_array_equal(one.frame, wanted.frame)
    assert fusion.finish() == []


def test_a_job_that_was_killed_goes_on_to_the_bit(trembling, tmp_path):
    frames = [frame[:40, :50] for frame in trembling[1]]
    whole = Fusion(4)
    wanted = [one for frame in frames for one in whole(frame)] + whole.finish()
    before, after = Fusion(4), Fusion(4)
    after.restore(before.state())
    assert after.state() == {}
    fused = [one for frame in frames[:5] for one in before(frame)]
    np.savez(tmp_path / "state.npz", **before.state())
    with np.load(tmp_path / "state.npz") as stored:
        after.restore(dict(stored))
    fused += [one for frame in frames[5:] for one in after(frame)] + after.finish()
    assert len(fused) == len(wanted)
    for one, other in zip(fused, wanted, strict=True):
        np.testing.assert_array_equal(one.frame, other.frame)


def test_what_cannot_be_fused_is_refused(trembling):
    frame = trembling[1][0]
    with pytest.raises(ArgumentError, match="at least one"):
        fuse([])
    with pytest.raises(ArgumentError, match="`chosen` must be from 0 to 1"):
        fuse([frame, frame], chosen=2)
    with pytest.raises(ImageError, match="one size and dtype"):
        fuse([frame, frame[1:]])
    with pytest.raises(ImageError, match="one size and dtype"):
        fuse([frame, frame.astype(np.uint16)])
    with pytest.raises(ImageError, match="uint8 or uint16"):
        fuse([frame / 255])
    with pytest.raises(ArgumentError, match="whole number from 1"):
        Fusion(0)
    fusion = Fusion(3)
    fusion(frame)
    with pytest.raises(ImageError, match="one size and dtype"):
        fusion(frame[1:])
