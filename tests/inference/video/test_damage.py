"""Films that are broken, cut off or end too early."""

from __future__ import annotations

import av
import numpy as np
import pytest

from srkit.errors import SrkitError, VideoError
from srkit.image import Picture
from srkit.inference import VideoUpscaler
from srkit.inference.video import check, job
from srkit.inference.video.matroska import is_whole
from srkit.inference.video.opening import end_of, open_film, video_of
from tests.inference.video.films import SamePlanes, decoded, make_film


def enlarge(source, target, **settings):
    return VideoUpscaler(SamePlanes(), crf=0, **settings)(source, target)


def length(path):
    """Seconds of a film's pictures, as its file tells."""
    with open_film(str(path)) as film:
        stream = video_of(film)
        return end_of(film, stream) * stream.time_base


def damaged(source, target, at):
    """A copy with a packet in the middle overwritten."""
    with av.open(str(source)) as film:
        packet = [each for each in film.demux(video=0) if each.size][at]
        begin, size, pts = packet.pos, packet.size, packet.pts
        moment = pts * packet.time_base
    data = bytearray(source.read_bytes())
    noise = np.random.default_rng(1).integers(0, 256, size - 7, np.uint8)
    data[begin + 6 : begin + size - 1] = noise.tobytes()
    target.write_bytes(bytes(data))
    return moment


@pytest.mark.parametrize(
    ("codec", "options", "suffix"),
    [
        ("libx264", {"bf": "2"}, ".mp4"),
        ("libx264", {"bf": "0"}, ".mkv"),
        ("libx265", {"x265-params": "log-level=none"}, ".mp4"),
        ("libvpx-vp9", {}, ".webm"),
        ("mpeg4", {}, ".avi"),
    ],
)
def test_a_damaged_packet_costs_no_frame(codec, options, suffix, tmp_path):
    whole = make_film(
        tmp_path / f"whole{suffix}",
        codec=codec,
        options=options,
        frames=40,
        size=(96, 128),
    )
    source = tmp_path / f"in{suffix}"
    damaged(whole, source, 20)
    with pytest.raises(VideoError, match=r"Frame \d+ at [\d.]+ s is .*--on-error"):
        enlarge(source, tmp_path / "out.mkv")
    assert (tmp_path / "out.mkv.journal").is_dir()
    report = VideoUpscaler(SamePlanes(), crf=0, on_error="bicubic")(
        source, tmp_path / "out.mkv", resume=True
    )
    times = decoded(tmp_path / "out.mkv")[0]
    assert report.frames == 40
    expected = decoded(whole)[0]
    assert [round(float(time), 3) for time in times] == [
        round(float(time), 3) for time in expected
    ]
    assert report.replaced
    assert f"frame {report.replaced[0][0]} " in str(report)


@pytest.mark.parametrize(
    ("codec", "suffix", "deinterlace"),
    [
        ("libx264", ".mp4", False),
        ("libx264", ".mp4", True),
        ("libx264", ".mkv", False),
        ("libvpx-vp9", ".webm", False),
    ],
)
def test_a_damaged_beginning_costs_no_frame(codec, suffix, deinterlace, tmp_path):
    options = {"g": "10"}
    whole = make_film(
        tmp_path / f"whole{suffix}", codec=codec, options=options, frames=40
    )
    source = tmp_path / f"in{suffix}"
    damaged(whole, source, 0)
    with pytest.raises(VideoError, match=r"Frame 0 at 0.000 s is not decoded"):
        enlarge(source, tmp_path / "out.mkv", deinterlace=deinterlace)
    settings = {"on_error": "bicubic", "deinterlace": deinterlace}
    report = enlarge(source, tmp_path / "new.mkv", **settings)
    assert (report.frames, len(report.replaced)) == (40, 10)
    assert "frame 9 not decoded" in str(report)
    assert "cut off" not in str(report)
    times, pictures = decoded(tmp_path / "new.mkv")
    expected = [round(float(time), 3) for time in decoded(whole)[0]]
    assert [round(float(time), 3) for time in times] == expected
    if not deinterlace:
        assert pictures[10:] == decoded(whole)[1][10:]


def test_a_beginning_that_was_cut_off_is_said(tmp_path):
    whole = make_film(tmp_path / "whole.ts", frames=40, options={"g": "10", "bf": "0"})
    data = whole.read_bytes()
    with av.open(str(whole)) as film:
        fourth = [packet for packet in film.demux(video=0) if packet.size][3]
        begin = fourth.pos
    (tmp_path / "in.ts").write_bytes(data[: 3 * 188] + data[begin:])
    report = enlarge(tmp_path / "in.ts", tmp_path / "out.mkv")
    assert report.frames == 30
    assert "7 frames at the beginning cannot be decoded" in str(report)
    assert not report.replaced


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_film_that_was_cut_off(suffix, tmp_path):
    def front(film, video):
        if suffix == ".mp4":
            film.container_options["movflags"] = "+faststart"

    whole = make_film(
        tmp_path / f"whole{suffix}", frames=100, size=(96, 128), before=front
    )
    data = whole.read_bytes()
    source = tmp_path / f"in{suffix}"
    source.write_bytes(data[: len(data) // 2])
    with pytest.raises(VideoError):
        enlarge(source, tmp_path / "out.mp4")
    report = VideoUpscaler(SamePlanes(), crf=0, on_error="bicubic")(
        source, tmp_path / "out.mp4", resume=True
    )
    assert 20 < report.frames < 80
    assert "ends before it should" in str(report)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_film_of_which_two_frames_were_cut_off(suffix, tmp_path):
    def front(film, video):
        if suffix == ".mp4":
            film.container_options["movflags"] = "+faststart"

    options = {"bf": "0"}
    whole = make_film(tmp_path / f"whole{suffix}", options=options, before=front)
    with av.open(str(whole)) as film:
        begin = [each for each in film.demux(video=0) if each.size][10].pos
    source = tmp_path / f"in{suffix}"
    source.write_bytes(whole.read_bytes()[:begin])
    with pytest.raises(VideoError, match=r"ends before it should: 0.0. s are missing"):
        enlarge(source, tmp_path / "out.mp4")
    report = enlarge(source, tmp_path / "new.mp4", on_error="bicubic")
    assert report.frames == 10
    assert "0.08 s are missing" in str(report)


def test_a_file_of_matroska_tells_its_length(tmp_path):
    whole = make_film(tmp_path / "in.mkv").read_bytes()
    assert is_whole(tmp_path / "in.mkv")
    (tmp_path / "cut.mkv").write_bytes(whole[:-1])
    assert is_whole(tmp_path / "cut.mkv") is False
    endless = whole.index(b"\x18\x53\x80\x67") + 4
    unknown = whole[:endless] + b"\x01" + b"\xff" * 7 + whole[endless + 8 :]
    (tmp_path / "endless.mkv").write_bytes(unknown)
    assert is_whole(tmp_path / "endless.mkv") is None
    assert is_whole(make_film(tmp_path / "in.mp4")) is None
    assert is_whole(tmp_path / "none.mkv") is None


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
@pytest.mark.parametrize("start", [0.0, 2.0])
def test_a_long_last_frame_is_no_missing_one(suffix, start, tmp_path):
    times = [*range(80), 300]
    first = make_film(tmp_path / "in.mp4", times=times, options={"bf": "0"})
    source, target = tmp_path / f"long{suffix}", tmp_path / f"out{suffix}"
    VideoUpscaler(SamePlanes(), crf=0)(first, source, duration=10.0)
    report = VideoUpscaler(SamePlanes(), crf=0)(source, target, start=start)
    assert report.frames == 80 - start * 25
    assert (length(source), length(target)) == (10, 10 - start)


@pytest.mark.parametrize("on_error", ["stop", "bicubic"])
def test_a_film_of_few_pictures_is_taken_back_whole(on_error, tmp_path):
    (tmp_path / "in").mkdir()
    for index in range(3):
        pixels = np.full((48, 64, 3), 80 * index, np.uint8)
        Picture(pixels).save(tmp_path / "in" / f"{index}.png")
    enlarge(tmp_path / "in", tmp_path / "slow.mkv", fps=0.5)
    report = enlarge(tmp_path / "slow.mkv", tmp_path / "out.mkv", on_error=on_error)
    assert report.frames == 3
    assert length(tmp_path / "slow.mkv") == length(tmp_path / "out.mkv") == 6


def test_an_mp4_without_its_index_is_no_film(tmp_path):
    whole = make_film(tmp_path / "whole.mp4", frames=50)
    (tmp_path / "in.mp4").write_bytes(whole.read_bytes()[:3000])
    with pytest.raises(SrkitError, match="cannot be read as a film"):
        enlarge(tmp_path / "in.mp4", tmp_path / "out.mp4")


@pytest.mark.parametrize("what", ["frame", "time", "sound", "end"])
def test_a_film_that_is_not_whole_is_not_put_in_its_place(what, tmp_path, monkeypatch):
    source = make_film(tmp_path / "in.mp4", sounds=1)
    original = job.check_film

    def spoilt(path, journal, time_base, copies):
        segment = journal.segments[0]
        pts, duration = segment.times[-1]
        if what == "frame":
            segment.times.append((pts + duration, duration))
        elif what == "time":
            segment.times[3] = (segment.times[3][0] + 1, duration)
        elif what == "end":
            segment.times[-1] = (pts, duration * 2)
        else:
            digest = check._digest
            calls = iter(range(1000))
            monkeypatch.setattr(
                check, "_digest", lambda packet: digest(packet) + bytes([next(calls)])
            )
        return original(path, journal, time_base, copies)

    monkeypatch.setattr(job, "check_film", spoilt)
    with pytest.raises(VideoError, match="not what it must be"):
        enlarge(source, tmp_path / "out.mp4")
    assert not (tmp_path / "out.mp4").exists()
    assert (tmp_path / "out.mp4.journal").is_dir()
