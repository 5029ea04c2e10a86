"""Films whose frames are fused and whose results are steadied, from file to file."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest

from srkit.image import resize
from srkit.inference import Region, VideoUpscaler
from srkit.inference.video import Settings
from srkit.inference.video.around import Around
from srkit.inference.video.frames import Frame
from srkit.inference.video.pipeline import Shot
from srkit.inference.video.report import Watch
from srkit.metrics import Flicker, psnr
from tests.clips import burst, photograph, still_clip, with_square
from tests.inference.video.films import Same, Slow, decoded, film_of, make_film, rgb_of
from tests.inference.video.killed import run_killed

BOTH = {"steady": True, "fuse": 3}
FRAMES = 26


class Bicubic:
    """Enlarges by a factor, without a network."""

    def __init__(self, scale=2):
        self.scale = scale

    def size_of(self, height, width):
        return height * self.scale, width * self.scale

    def enlarge(self, pixels):
        return resize(pixels, scale=self.scale)


class Sharp(Bicubic):
    """Makes more of noise than there is, as networks do."""

    def enlarge(self, pixels):
        larger = super().enlarge(pixels)
        return cv2.addWeighted(larger, 2, cv2.GaussianBlur(larger, (0, 0), 1), -1, 0)


class Breaks(Same):
    """Is stopped at a frame."""

    def __init__(self, at):
        self.left = at

    def enlarge(self, pixels):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return pixels


def enlarged(source, target, upscaler=None, **settings):
    span = {name: settings.pop(name) for name in ("resume",) if name in settings}
    settings = {"codec": "ffv1", "segment": 10, **settings}
    return VideoUpscaler(upscaler or Same(), **settings)(source, target, **span)


def flicker(frames, results):
    measured = Flicker(scale=2)
    for lr, sr in zip(frames, results, strict=True):
        measured.update(lr, sr)
    return measured.result()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A still scene with noise through which a square walks, at uneven times."""
    rng = np.random.default_rng(5)
    frames = [
        with_square(frame, 30, 2 + 3 * index, side=10)
        for index, frame in enumerate(
            still_clip(photograph(height=161, width=203), FRAMES, sigma=6, rng=rng)
        )
    ]
    times = [index * 512 + index % 3 * 100 for index in range(FRAMES)]
    path = tmp_path_factory.mktemp("guarded") / "in.mkv"
    return film_of(path, frames, times=times, time_base=Fraction(1, 12800))


def test_static_noise_flickers_no_more_than_bicubic(tmp_path, rng):
    hr = photograph(height=160, width=200)
    frames = still_clip(hr, 12, sigma=8, rng=rng)
    source = film_of(tmp_path / "in.mkv", frames)
    enlarged(source, tmp_path / "plain.mkv", Sharp())
    report = enlarged(source, tmp_path / "steady.mkv", Sharp(), steady=True)
    plain, steady = (rgb_of(tmp_path / f"{name}.mkv") for name in ("plain", "steady"))
    assert flicker(frames, plain) > 1.3
    assert flicker(frames, steady) <= 1.1
    for before, after in zip(plain, steady, strict=True):
        assert psnr(hr, after, shave=2) >= psnr(hr, before, shave=2)
    assert any("stood still and were averaged" in each for each in report.said)
    assert {"network", "steady", "encode"} <= report.stages.keys()


def test_a_burst_of_a_trembling_camera_is_better_fused(tmp_path, rng):
    hr, frames, _ = burst(photograph("rocket", 320, 420), 8, sigma=8, rng=rng)
    source = film_of(tmp_path / "in.mkv", frames)
    scores = []
    for fuse in (1, 15):
        report = enlarged(source, tmp_path / f"{fuse}.mkv", Bicubic(4), fuse=fuse)
        results = rgb_of(tmp_path / f"{fuse}.mkv")
        assert len(results) == report.frames == 8
        scores.append(psnr(hr, results[0], shave=16))
    assert scores[1] > scores[0] + 0.5
    assert any("each frame was fused of 8.0 on average" in each for each in report.said)


def test_what_moves_comes_out_as_without(guarded, tmp_path):
    enlarged(guarded, tmp_path / "a.mkv", Sharp())
    enlarged(guarded, tmp_path / "b.mkv", Sharp(), steady=True)
    plain, steady = rgb_of(tmp_path / "a.mkv"), rgb_of(tmp_path / "b.mkv")
    for index in range(FRAMES):
        square = np.s_[60:80, 4 + 6 * index : 24 + 6 * index]
        np.testing.assert_array_equal(steady[index][square], plain[index][square])
    assert np.any(steady[-1] != plain[-1])


def test_frames_in_flight_are_fused_and_blended_in_order(guarded, tmp_path):
    for at_once in (1, 3):
        enlarged(guarded, tmp_path / f"{at_once}.mkv", at_once=at_once, **BOTH)
    assert decoded(tmp_path / "3.mkv") == decoded(tmp_path / "1.mkv")
    assert decoded(tmp_path / "1.mkv")[0] == decoded(guarded)[0]


@pytest.mark.parametrize("at", [4, 12, 20, 25])
def test_an_interrupted_job_goes_on_to_the_bit(guarded, at, tmp_path):
    whole = enlarged(guarded, tmp_path / "whole.mkv", **BOTH)
    with pytest.raises(KeyboardInterrupt):
        enlarged(guarded, tmp_path / "out.mkv", Breaks(at), **BOTH)
    report = enlarged(guarded, tmp_path / "out.mkv", Breaks(99), resume=True, **BOTH)
    assert report.computed == FRAMES - at // 10 * 10
    assert decoded(tmp_path / "out.mkv") == decoded(tmp_path / "whole.mkv")
    assert report.said == whole.said


@pytest.mark.long
@pytest.mark.parametrize("segments", [1, 2])
def test_a_killed_job_goes_on_to_the_bit(guarded, segments, tmp_path):
    whole = enlarged(guarded, tmp_path / "whole.mkv", **BOTH)
    target = tmp_path / "out.mkv"
    note = tmp_path / "out.mkv.journal" / f"{segments - 1:06}.json"
    run_killed(guarded, target, 0.05, after=note, codec="ffv1", **BOTH)
    report = enlarged(guarded, target, Slow(), resume=True, at_once=1, **BOTH)
    assert report.computed <= FRAMES - 10 * segments
    assert decoded(target) == decoded(tmp_path / "whole.mkv")
    assert report.said == whole.said


def test_a_frame_that_stands_in_is_left_as_it_is(rng):
    frames = still_clip(photograph(), 3, sigma=8, rng=rng)
    around = Around(Settings(**BOTH), Watch(), first=0, state={})
    shots = [
        Shot(
            Frame(index=i, pts=i, duration=1, image=None, trouble="bad" * (i == 1)),
            given=(pixels,),
            lr=(pixels,),
        )
        for i, pixels in enumerate(frames)
    ]
    made = [
        around.blended(replace(shot, sr=shot.given))
        for shot in around.fused(iter(shots))
    ]
    assert made[1].sr[0] is frames[1]
    assert np.any(made[2].sr[0] != frames[2])
    assert "fused of 2.0 on average" in around.said[0]  # the two at the ends


@pytest.mark.parametrize(
    "film",
    [
        {"size": (47, 65), "pixel_format": "yuv444p"},
        {"size": (49, 63), "pixel_format": "bgr0"},
        {"pixel_format": "yuv420p10le"},
        {"pixel_format": "gray"},
        {"pixel_format": "gray10le"},
        {"pixel_format": "bgra"},
        {"size": (16, 18)},
        {"frames": 1},
        {"codec": "libx264", "options": {"flags": "+ildct+ilme"}},
    ],
    ids=lambda film: " ".join(map(str, film.values())),
)
def test_films_of_all_kinds_keep_their_frames_and_times(film, tmp_path):
    source = make_film(tmp_path / "in.mkv", **{"codec": "ffv1", "frames": 5, **film})
    report = enlarged(source, tmp_path / "out.mkv", Bicubic(), **BOTH)
    assert decoded(tmp_path / "out.mkv")[0] == decoded(source)[0]
    assert len(report.said) >= 2


def test_a_region_is_that_of_the_whole(guarded, tmp_path):
    enlarged(guarded, tmp_path / "a.mkv", fuse=3)
    enlarged(guarded, tmp_path / "b.mkv", fuse=3, roi=Region(21, 10, 40, 36))
    for whole, part in zip(
        rgb_of(tmp_path / "a.mkv"), rgb_of(tmp_path / "b.mkv"), strict=True
    ):
        np.testing.assert_array_equal(part, whole[10:46, 21:61])
    both = enlarged(guarded, tmp_path / "c.mkv", roi=Region(21, 10, 40, 36), **BOTH)
    assert (both.frames, both.height, both.width) == (FRAMES, 36, 40)


def test_beside_the_result_stands_what_was_filmed(guarded, tmp_path):
    enlarged(guarded, tmp_path / "a.mkv", Bicubic())
    enlarged(guarded, tmp_path / "b.mkv", Bicubic(), side_by_side=True, **BOTH)
    plain, beside = rgb_of(tmp_path / "a.mkv"), rgb_of(tmp_path / "b.mkv")
    for single, double in zip(plain, beside, strict=True):
        np.testing.assert_array_equal(double[:, : single.shape[1]], single)
    assert np.any(beside[-1][:, plain[-1].shape[1] :] != plain[-1])
