"""Sources of every kind, and what is wrong with some."""

from __future__ import annotations

import functools
import http.server
import threading
from fractions import Fraction

import av
import numpy as np
import pytest

from srkit.errors import (
    ArgumentError,
    JournalError,
    OutputError,
    UnreadableVideoError,
    VideoError,
)
from srkit.image import Picture, read_picture
from srkit.inference import Region, VideoUpscaler
from srkit.inference.video import recorder
from srkit.inference.video.source import Source
from tests.inference.video.films import (
    Same,
    SamePlanes,
    Slow,
    decoded,
    make_film,
    packets,
    video_frame,
)
from tests.inference.video.killed import run_killed


def enlarge(source, target, upscaler=None, *, span=None, **settings):
    settings = {"crf": 0, **settings}
    upscaler = VideoUpscaler(upscaler or SamePlanes(), **settings)
    return upscaler(source, target, **(span or {}))


@pytest.mark.parametrize(
    ("codec", "suffix", "settings"),
    [
        ("mpeg4", ".avi", {}),
        ("mjpeg", ".avi", {"pixel_format": "yuvj420p"}),
        ("mpeg2video", ".mpg", {}),
        ("libx264", ".flv", {}),
        ("libx264", ".ts", {"sounds": 1}),
        ("libvpx-vp9", ".webm", {"sounds": 1, "sound_codec": "libopus"}),
        ("libsvtav1", ".mp4", {"size": (96, 128)}),
        ("libx265", ".mp4", {"options": {"x265-params": "log-level=none"}}),
        ("prores_ks", ".mov", {"pixel_format": "yuv422p10le"}),
        ("ffv1", ".mkv", {"pixel_format": "yuv420p", "size": (47, 63)}),
    ],
)
def test_films_of_many_kinds(codec, suffix, settings, tmp_path):
    source = make_film(tmp_path / f"in{suffix}", codec=codec, **settings)
    coding = {"codec": "ffv1", "crf": None} if codec == "ffv1" else {}
    target = tmp_path / "out.mkv"
    report = enlarge(source, target, **coding)
    before, after = decoded(source), decoded(target)
    assert report.frames == len(before[0]) == len(after[0])
    shifts = {
        round(float(now - then), 2)
        for then, now in zip(before[0], after[0], strict=True)
        if then is not None
    }
    assert shifts <= {0.0}
    assert after[1] == before[1]


def test_a_stream_of_bare_pictures_gets_its_times_from_the_rate(tmp_path):
    source = make_film(tmp_path / "in.h264", format="h264", frames=20)
    report = enlarge(source, tmp_path / "out.mp4")
    times, pictures = decoded(tmp_path / "out.mp4")
    assert times == [Fraction(index, 25) for index in range(20)]
    assert pictures == decoded(source)[1]
    assert "frames were placed 25 a second" in str(report)


@pytest.mark.parametrize("upscaler", [Same(), SamePlanes()], ids=["rgb", "planes"])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_odd_sizes(upscaler, suffix, tmp_path):
    source = make_film(
        tmp_path / "in.mkv", size=(47, 63), codec="ffv1", pixel_format="yuv420p"
    )
    report = enlarge(source, tmp_path / f"out{suffix}", upscaler)
    assert (report.height, report.width, report.frames) == (47, 63, 12)
    assert "yuv420p was written as yuv444p, which holds all of it" in str(report)


@pytest.mark.parametrize("pixel_format", ["yuv420p10le", "yuv422p10le", "yuv444p10le"])
def test_ten_bits_stay_ten(pixel_format, tmp_path):
    source = make_film(tmp_path / "in.mp4", pixel_format=pixel_format)
    enlarge(source, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as film:
        assert next(film.decode(video=0)).format.name == pixel_format


@pytest.mark.parametrize("pixel_format", ["gray", "gray10le", "gray12le", "gray16le"])
def test_gray_stays_gray_to_the_bit(pixel_format, tmp_path):
    quiet = {"x265-params": "log-level=none"}
    known = pixel_format in ("gray", "gray16le")
    codec = {"codec": "ffv1"} if known else {"codec": "libx265", "options": quiet}
    source = make_film(tmp_path / "in.mkv", pixel_format=pixel_format, **codec)
    crf = None if known else 0
    enlarge(source, tmp_path / "out.mkv", codec=codec["codec"], crf=crf)
    assert decoded(tmp_path / "out.mkv") == decoded(source)


def test_twelve_bits_need_an_encoder_that_has_them(tmp_path):
    options = {"codec": "ffv1", "pixel_format": "yuv420p12le"}
    source = make_film(tmp_path / "in.mkv", **options)
    with pytest.raises(ArgumentError, match=r"YUV 4:2:0 of 12 bits .* libx264, which"):
        enlarge(source, tmp_path / "out.mp4")
    enlarge(source, tmp_path / "out.mkv", codec="ffv1", crf=None)
    with av.open(str(tmp_path / "out.mkv")) as film:
        assert next(film.decode(video=0)).format.name == "yuv420p12le"


def test_transparency_needs_an_encoder_that_has_it(tmp_path):
    options = {"codec": "ffv1", "pixel_format": "yuva420p"}
    source = make_film(tmp_path / "in.mkv", **options)
    with pytest.raises(ArgumentError, match="with transparency"):
        enlarge(source, tmp_path / "out.mp4")
    enlarge(source, tmp_path / "out.mkv", codec="ffv1", crf=None)
    with av.open(str(source)) as before, av.open(str(tmp_path / "out.mkv")) as after:
        for then, now in zip(
            before.decode(video=0), after.decode(video=0), strict=True
        ):
            assert now.format.name == "yuva420p"
            alphas = [np.frombuffer(each.planes[3], np.uint8) for each in (then, now)]
            assert np.abs(alphas[0].astype(int) - alphas[1]).max() <= 1


def test_transparency_of_the_web_is_seen(tmp_path):
    """FFmpeg's own decoder of VP9 leaves it out."""
    options = {"codec": "libvpx-vp9", "pixel_format": "yuva420p"}
    lossless = {"lossless": "1", "auto-alt-ref": "0"}
    source = make_film(tmp_path / "in.webm", options=lossless, **options)
    for target, coding in (("a.webm", {"crf": 0}), ("b.mkv", {"codec": "ffv1"})):
        enlarge(source, tmp_path / target, **{"crf": None, **coding})
        alphas = []
        for path in (source, tmp_path / target):
            frames = Source(str(path)).frames()
            alphas.append(
                [np.frombuffer(frame.image.planes[3], "u1") for frame in frames]
            )
        assert len(alphas[0]) == 12
        np.testing.assert_allclose(*np.array(alphas, int), atol=1)
        assert np.ptp(alphas[0]) > 50


def test_a_span_of_a_film(tmp_path):
    source = make_film(tmp_path / "in.mp4", frames=100, sounds=1, options={"g": "10"})
    span = {"start": 1.0, "duration": 2.0}
    report = enlarge(source, tmp_path / "out.mp4", span=span)
    times, pictures = decoded(tmp_path / "out.mp4")
    assert report.frames == 50
    assert times == [Fraction(index, 25) for index in range(50)]
    assert pictures == decoded(source)[1][25:75]
    kept = [data for data, moment in packets(source)[0] if 1 <= moment < 3]
    assert [data for data, _ in packets(tmp_path / "out.mp4")[0]] == kept


def test_a_region_is_that_part_of_the_whole(tmp_path):
    source = make_film(tmp_path / "in.mp4", pixel_format="yuv444p")
    enlarge(source, tmp_path / "whole.mp4", Same())
    enlarge(source, tmp_path / "part.mp4", Same(), roi=Region(10, 6, 20, 14))
    with av.open(str(tmp_path / "whole.mp4")) as film:
        whole = [frame.to_ndarray() for frame in film.decode(video=0)]
    with av.open(str(tmp_path / "part.mp4")) as film:
        part = [frame.to_ndarray() for frame in film.decode(video=0)]
    assert np.array_equal(np.stack(whole)[:, :, 6:20, 10:30], np.stack(part))
    with pytest.raises(ArgumentError, match=r"within 64x48. Received: 50,0,20,14"):
        enlarge(source, tmp_path / "out.mp4", roi=Region(50, 0, 20, 14))


def test_the_source_stands_beside(tmp_path):
    source = make_film(tmp_path / "in.mp4", pixel_format="yuv444p")
    report = enlarge(source, tmp_path / "out.mp4", side_by_side=True)
    assert (report.height, report.width) == (48, 128)
    with av.open(str(tmp_path / "out.mp4")) as film:
        for frame in film.decode(video=0):
            pixels = frame.to_ndarray()
            assert np.array_equal(pixels[..., :64], pixels[..., 64:])


def test_a_folder_of_pictures(tmp_path):
    folder, rng = tmp_path / "in", np.random.default_rng(0)
    folder.mkdir()
    drawn = rng.integers(0, 256, (11, 20, 30, 3), np.uint8)
    for index, pixels in enumerate(drawn):
        Picture(pixels).save(folder / f"frame{index}.png")
    report = enlarge(folder, tmp_path / "film.mkv", codec="ffv1", crf=None, fps=10)
    assert report.frames == 11
    assert "10 a second" in str(report)
    again = enlarge(tmp_path / "film.mkv", tmp_path / "out", crf=None)
    assert again.frames == 11
    for index, pixels in enumerate(drawn):
        back = read_picture(tmp_path / "out" / f"{index:06}.png").pixels
        assert np.array_equal(back, pixels)
    table = (tmp_path / "out" / "times.csv").read_text().splitlines()
    assert table[0] == "picture,seconds"
    assert table[-1] == "000010.png,1.000000"


def test_a_folder_leaves_sound_out_and_says_so(tmp_path):
    source = make_film(tmp_path / "in.mp4", sounds=1)
    with pytest.raises(ArgumentError, match="`crf` is not for png"):
        enlarge(source, tmp_path / "out")
    report = enlarge(source, tmp_path / "out", crf=None)
    assert "left out: a folder holds pictures only" in str(report)
    assert len(list((tmp_path / "out").glob("*.png"))) == 12


def test_pictures_of_another_size_are_named(tmp_path):
    for index, side in enumerate((20, 20, 24)):
        Picture(np.zeros((side, 20, 3), np.uint8)).save(tmp_path / f"{index}.png")
    with pytest.raises(VideoError, match=r"2.png is 20x24 rgb24 after 20x20 rgb24"):
        enlarge(tmp_path, tmp_path / "out.mp4")


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture
def served(tmp_path):
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("suffix", [".ts", ".mkv"])
def test_a_stream_from_an_address(served, suffix, tmp_path):
    source = make_film(tmp_path / f"in{suffix}", frames=30, sounds=1)
    totals = []
    report = VideoUpscaler(SamePlanes(), crf=0, segment=10)(
        f"{served}/in{suffix}",
        tmp_path / "out.mp4",
        progress=lambda done, total: totals.append(total),
    )
    assert totals == [None] * 30
    assert report.frames == 30
    before, after = decoded(source), decoded(tmp_path / "out.mp4")
    assert after[1] == before[1]
    steps = {now - then for then, now in zip(before[0], after[0], strict=True)}
    assert len(steps) == 1  # the film out begins at 0
    assert len(packets(tmp_path / "out.mp4")[0]) > 20


def test_a_stream_that_is_stopped_is_whole_up_to_there(served, tmp_path):
    make_film(tmp_path / "in.ts", frames=60, sounds=1)

    def stop(done, total):
        if done == 25:
            raise KeyboardInterrupt

    upscaler = VideoUpscaler(SamePlanes(), crf=0, segment=10)
    report = upscaler(f"{served}/in.ts", tmp_path / "out.mp4", progress=stop)
    assert "stopped by hand" in str(report)
    assert 25 <= report.frames < 35
    assert len(decoded(tmp_path / "out.mp4")[0]) == report.frames
    again = upscaler(f"{served}/in.ts", tmp_path / "new.mp4", resume=True)
    assert again.frames == 60  # nothing was there to go on with


def test_a_killed_job_of_a_stream_is_joined_as_far_as_it_came(served, tmp_path):
    source = make_film(tmp_path / "in.ts", frames=60, sounds=1)
    address, target = f"{served}/in.ts", tmp_path / "out.mp4"
    second = tmp_path / "out.mp4.journal" / "000001.json"
    run_killed(address, target, 0.02, after=second, crf=0)
    upscaler = VideoUpscaler(Slow(), segment=10, at_once=1, crf=0)
    recorded = (tmp_path / "out.mp4.journal" / "others.nut").read_bytes()
    with pytest.raises(JournalError, match="Go on with it with `resume`"):
        upscaler(address, target)
    assert (tmp_path / "out.mp4.journal" / "others.nut").read_bytes() == recorded
    report = upscaler(address, target, resume=True)
    assert "a stream cannot be read again: what an earlier run" in str(report)
    assert (report.frames in (20, 30, 40, 50), report.computed) == (True, 0)
    before, after = decoded(source), decoded(target)
    assert after[1] == before[1][: report.frames]
    sound = packets(target)[0]
    end = after[0][-1] + Fraction(1, 25)
    assert end - Fraction(1, 20) < sound[-1][1] < end
    whole = {data[7:] for data, _ in packets(source)[0]}  # without what MPEG-TS adds
    assert {data for data, _ in sound} <= whole
    assert not target.with_name("out.mp4.journal").exists()


def test_what_cannot_be_recorded_of_a_stream_is_said(served, tmp_path, monkeypatch):
    monkeypatch.setattr(recorder, "holds", lambda container, stream: False)
    make_film(tmp_path / "in.ts", sounds=1)
    report = enlarge(f"{served}/in.ts", tmp_path / "out.mp4")
    assert "stream 1 (audio) cannot be recorded and was left out" in str(report)


def test_what_is_no_film_is_named(tmp_path, served):
    (tmp_path / "text.mp4").write_text("no film")
    with pytest.raises(UnreadableVideoError, match="cannot be read as a film: Invalid"):
        enlarge(tmp_path / "text.mp4", tmp_path / "out.mp4")
    with pytest.raises(UnreadableVideoError, match="which is not there"):
        enlarge(tmp_path / "none.mp4", tmp_path / "out.mp4")
    with pytest.raises(UnreadableVideoError, match="cannot be read"):
        enlarge(f"{served}/none.mp4", tmp_path / "out.mp4")


def test_sound_alone_is_no_film(tmp_path):
    with av.open(str(tmp_path / "in.m4a"), "w", format="mp4") as film:
        stream = film.add_stream("aac", rate=48000)
        data = np.zeros((2, 1024), np.float32)
        frame = av.AudioFrame.from_ndarray(data, format="fltp", layout="stereo")
        frame.sample_rate = 48000
        film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    with pytest.raises(UnreadableVideoError, match=r"of video. Received: audio"):
        enlarge(tmp_path / "in.m4a", tmp_path / "out.mp4")


def test_a_film_without_frames(tmp_path):
    with av.open(str(tmp_path / "in.mkv"), "w") as film:
        stream = film.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        film.start_encoding()
    with pytest.raises(VideoError, match=r"cannot be read as a film|must hold a frame"):
        enlarge(tmp_path / "in.mkv", tmp_path / "out.mp4")


def test_a_span_without_frames(tmp_path):
    source = make_film(tmp_path / "in.mp4")
    with pytest.raises(VideoError, match="no frame in that span"):
        enlarge(source, tmp_path / "out.mp4", span={"start": 50.0})


def test_the_output_must_not_be_the_input(tmp_path):
    source = make_film(tmp_path / "in.mp4")
    with pytest.raises(ArgumentError, match="must not be the input"):
        enlarge(source, source)
    with pytest.raises(ArgumentError, match=r"must end in .mp4, .m4v"):
        enlarge(source, tmp_path / "out.avi")


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"codec": "nothing"}, "must be an encoder of video"),
        ({"codec": "ffv1", "crf": 20}, "`crf` is not for ffv1"),
        ({"codec": "ffv1", "crf": None, "speed": "slow"}, "`speed` is not for ffv1"),
        ({"speed": "warp"}, "cannot encode 64x48 yuv420p"),
        ({"on_error": "skip"}, "`on_error` must be"),
        ({"segment": 0}, "`segment` must be at least 1"),
        ({"fps": float("nan")}, "`fps` must be"),
    ],
)
def test_wrong_settings(settings, match, tmp_path):
    source = make_film(tmp_path / "in.mp4")
    with pytest.raises(ArgumentError, match=match):
        enlarge(source, tmp_path / "out.mp4", **settings)


def test_a_folder_that_cannot_be_written(tmp_path):
    source = make_film(tmp_path / "in.mp4")
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        enlarge(source, tmp_path / "file" / "out.mp4")


@pytest.mark.parametrize("deinterlace", [False, True])
def test_a_size_that_changes_is_named(deinterlace, tmp_path):
    first = make_film(tmp_path / "a.ts", frames=10)
    second = make_film(
        tmp_path / "b.ts", frames=10, size=(64, 80), times=list(range(10, 20))
    )
    both = tmp_path / "in.ts"
    both.write_bytes(first.read_bytes() + second.read_bytes())
    settings = {"deinterlace": deinterlace}
    with pytest.raises(
        VideoError, match=r"frame 10 at .* is 80x64 yuv420p after 64x48"
    ):
        enlarge(both, tmp_path / "out.mp4", **settings)
    # The cure that is named holds.
    for place, span in (("1.mp4", {"duration": 0.4}), ("2.mp4", {"start": 0.4})):
        report = enlarge(both, tmp_path / place, span=span, **settings)
        assert report.frames == 10


@pytest.mark.parametrize("pixel_format", ["bgr0", "yuv420p"])
def test_deinterlacing_keeps_the_format(pixel_format, tmp_path):
    lossless = {"codec": "ffv1", "crf": None}
    source = make_film(tmp_path / "in.mkv", codec="ffv1", pixel_format=pixel_format)
    report = enlarge(source, tmp_path / "out.mkv", deinterlace=True, **lossless)
    assert report.frames == 12
    with av.open(str(tmp_path / "out.mkv")) as film:
        assert next(film.decode(video=0)).format.name == pixel_format


def test_deinterlacing_refuses_what_it_cannot_keep(tmp_path):
    options = {"x265-params": "log-level=none"}
    source = make_film(
        tmp_path / "in.mkv", codec="libx265", pixel_format="gray10le", options=options
    )
    with pytest.raises(VideoError, match=r"`deinterlace` .* Received: gray10le"):
        enlarge(source, tmp_path / "out.mkv", deinterlace=True)


def test_interlacing_is_seen_wherever_it_begins(tmp_path):
    options = {"frames": 10, "size": (96, 128)}
    fields = {"x264-params": "tff=1"}
    first = make_film(tmp_path / "a.ts", **options)
    second = make_film(
        tmp_path / "b.ts", **options | {"times": list(range(10, 20))}, options=fields
    )
    both = tmp_path / "in.ts"
    both.write_bytes(first.read_bytes() + second.read_bytes())
    report = enlarge(both, tmp_path / "out.mp4")
    assert report.frames == 20
    assert str(report).count("the source is interlaced (first at frame 10)") == 1


def test_interlaced_footage_is_said(tmp_path):
    options = {"options": {"x264-params": "tff=1"}, "frames": 20, "size": (96, 128)}
    source = make_film(tmp_path / "in.mp4", **options)
    report = enlarge(source, tmp_path / "out.mp4")
    assert "the source is interlaced (first at frame 0) and is written as" in str(
        report
    )
    with av.open(str(tmp_path / "out.mp4")) as film:
        assert not any(frame.interlaced_frame for frame in film.decode(video=0))
    woven = enlarge(source, tmp_path / "woven.mp4", deinterlace=True)
    assert "the source is interlaced" not in str(woven)
    before, after = decoded(source), decoded(tmp_path / "woven.mp4")
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_the_preview_is_a_frame(tmp_path):
    source = make_film(tmp_path / "in.mp4")
    preview = tmp_path / "now.png"
    enlarge(source, tmp_path / "out.mp4", preview=preview, preview_every=0.0)
    assert read_picture(preview).pixels.shape == (48, 64, 3)


def test_frames_are_shown_as_they_were_drawn():
    assert bytes(video_frame(0, (8, 8), "gray").planes[0]) != bytes(64)
