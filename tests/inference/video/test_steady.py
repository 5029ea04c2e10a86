"""What stands still is averaged, what moves comes out as it went in."""

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from srkit.errors import ArgumentError, ImageError
from srkit.image import resize
from srkit.inference.video import Steady
from srkit.metrics import Flicker, psnr
from tests.clips import photograph, still_clip, with_square


def enlarged(frames):
    return [resize(frame, scale=2) for frame in frames]


def steadied(frames, results, **options):
    steady = Steady(**options)
    return [steady(lr, sr) for lr, sr in zip(frames, results, strict=True)]


def trembling(results, rng, *, sigma=10):
    """What an unstable network would make: detail of its own in every frame."""
    return [
        np.clip(sr + rng.normal(0, sigma, sr.shape), 0, 255).astype(np.uint8)
        for sr in results
    ]


def flicker(frames, results):
    measured = Flicker(scale=2)
    for lr, sr in zip(frames, results, strict=True):
        measured.update(lr, sr)
    return measured.result()


@pytest.mark.parametrize("sigma", [2, 8, 20])
def test_a_still_clip_stops_flickering_and_comes_closer_to_the_clean_frame(sigma, rng):
    hr = photograph()
    frames = still_clip(hr, 12, sigma=sigma, rng=rng)
    before = trembling(enlarged(frames), rng, sigma=max(10, sigma))
    after = steadied(frames, before)
    assert flicker(frames, before) > 1.3
    assert flicker(frames, after) < 1.1
    for first, second in zip(before, after, strict=True):
        assert psnr(hr, second, shave=2) >= psnr(hr, first, shave=2)


@pytest.mark.slow
def test_a_network_is_steadied_at_no_cost_in_quality(rng):
    from srkit import Upscaler

    hr = photograph(height=160, width=200)
    frames = still_clip(hr, 10, sigma=8, rng=rng)
    upscaler = Upscaler.from_preset("edsr_x2", precision="float32")
    before = [upscaler(lr) for lr in frames]
    after = steadied(frames, before)
    assert flicker(frames, before) > 1.3
    assert flicker(frames, after) <= 1.1
    for first, second in zip(before, after, strict=True):
        assert psnr(hr, second, shave=2) >= psnr(hr, first, shave=2)


def test_a_still_pixel_is_the_mean_of_what_was_seen(rng):
    frames = still_clip(photograph(), 6, sigma=8, rng=rng)
    results = enlarged(frames)
    after = steadied(frames, results)
    mean = np.floor(np.mean(results, axis=0) + 0.5)
    assert (np.abs(after[-1] - mean) <= 1).mean() > 0.999


def test_what_moves_and_what_is_around_comes_out_to_the_bit(rng):
    still = still_clip(photograph(), 10, sigma=8, rng=rng)
    lr_shape, lefts = still[0].shape[:2], range(20, 120, 10)
    frames = [with_square(lr, 50, left) for lr, left in zip(still, lefts, strict=True)]
    results = trembling(enlarged(frames), rng)
    after = steadied(frames, results)
    for left, sr, out in zip(lefts, results, after, strict=True):
        # The square, its place in the frame before, and 4 LR pixels around.
        square = np.ones(lr_shape, bool)
        square[50:66, max(left - 10, 20) : left + 16] = False
        moved = (distance_transform_edt(square) <= 4).repeat(2, 0).repeat(2, 1)
        np.testing.assert_array_equal(out[moved], sr[moved])
    assert (after[-1] != results[-1]).mean() > 0.5


def test_a_scene_cut_begins_anew(rng):
    first = still_clip(photograph("coffee"), 5, sigma=8, rng=rng)
    second = still_clip(photograph("astronaut"), 5, sigma=8, rng=rng)
    results = enlarged(first + second)
    after = steadied(first + second, results)
    np.testing.assert_array_equal(after[5], results[5])
    alone = steadied(second, results[5:])
    np.testing.assert_array_equal(after[5:], alone)


def test_a_lamp_that_flickers_goes_through_untouched(rng):
    frames = still_clip(photograph("coffee"), 8, sigma=4, rng=rng)
    frames[5] = np.rint(0.8 * frames[5]).astype(np.uint8)
    results = enlarged(frames)
    after = steadied(frames, results)
    np.testing.assert_array_equal(after[5], results[5])


def test_a_slow_dawn_is_followed(rng):
    frames = still_clip(photograph(), 40, sigma=4, rng=rng)
    brighter = [
        np.clip(lr + np.rint(0.5 * t), 0, 255).astype(np.uint8)
        for t, lr in enumerate(frames)
    ]
    results = enlarged(brighter)
    after = steadied(brighter, results)
    lag = [
        np.mean(sr, dtype=float) - out.mean()
        for sr, out in zip(results, after, strict=True)
    ]
    assert max(lag) < 5.5 * 4 * np.sqrt(1.5) / 5  # where the change is seen at last


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_job_that_was_killed_goes_on_to_the_bit(dtype, channels, rng, tmp_path):
    clip = still_clip(photograph(), 9, sigma=8, rng=rng)
    clip = [with_square(lr, 50, 10 * t) for t, lr in enumerate(clip)]
    unit = np.iinfo(dtype).max // 255
    frames = [lr[..., :channels].astype(dtype) * dtype(unit) for lr in clip]
    results = enlarged(frames)
    whole = steadied(frames, results)
    before, after = Steady(), Steady()
    first = [before(*pair) for pair in zip(frames[:5], results[:5], strict=True)]
    np.savez(tmp_path / "state.npz", **before.state())
    with np.load(tmp_path / "state.npz") as stored:
        after.restore(dict(stored))
    rest = [after(*pair) for pair in zip(frames[5:], results[5:], strict=True)]
    np.testing.assert_array_equal(first + rest, whole)
    assert whole[0].dtype == dtype


def test_a_state_taken_is_not_changed_by_what_comes_after(rng):
    frames = still_clip(photograph(), 3, sigma=8, rng=rng)
    steady = Steady()
    steady(frames[0], frames[0])
    state = steady.state()
    copies = {name: array.copy() for name, array in state.items()}
    steady(frames[1], frames[1])
    for name, array in state.items():
        np.testing.assert_array_equal(array, copies[name])


def test_nothing_is_changed_with_no_memory_nor_in_the_first_frame(rng):
    frames = still_clip(photograph(), 3, sigma=8, rng=rng)
    results = enlarged(frames)
    np.testing.assert_array_equal(steadied(frames, results, memory=1), results)
    np.testing.assert_array_equal(Steady()(frames[0], results[0]), results[0])
    steady = Steady()
    steady.restore({})
    assert steady.state() == {}


def test_frames_that_do_not_fit_are_refused():
    frame = photograph()
    steady = Steady()
    steady(frame, frame)
    with pytest.raises(ImageError, match=r"`lr` must have the shape .*\(240, 320, 3\)"):
        steady(frame[:100], frame)
    with pytest.raises(ImageError, match="`sr` must have the shape"):
        steady(frame, frame[:100])
    with pytest.raises(ImageError, match="uint8 or uint16"):
        steady(frame.astype(np.float32), frame)
    with pytest.raises(ImageError, match="uint8 or uint16"):
        steady(frame[..., 0], frame)
    for options in ({"memory": 0}, {"margin": 1.5}):
        with pytest.raises(ArgumentError, match="whole number from 1"):
            Steady(**options)
