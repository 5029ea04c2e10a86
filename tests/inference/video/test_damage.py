"""Films that are broken, cut off or end too early."""

from __future__ import annotations

import av
import numpy as np
import pytest

from srkit.errors import SrkitError, VideoError
from srkit.inference import VideoUpscaler
from srkit.inference.video import check, job
from tests.inference.video.films import SamePlanes, decoded, make_film


def enlarge(source, target, **settings):
    return VideoUpscaler(SamePlanes(), crf=0, **settings)(source, target)


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
    (tmp_path / "out.mkv.journal").is_dir()
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
