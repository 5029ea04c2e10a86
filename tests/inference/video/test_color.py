"""Colours: the same numbers mean the same at both ends."""

from __future__ import annotations

from dataclasses import replace

import av
import numpy as np
import pytest

from srkit.errors import VideoError
from srkit.inference import VideoUpscaler
from srkit.inference.video.color import (
    BT470BG,
    BT709,
    RGB,
    SMPTE170M,
    SRGB,
    UNSAID,
    Color,
    Converter,
)
from srkit.inference.video.formats import plain
from tests.inference.video.films import Same, make_film

BARS = [(r, g, b) for r in (0, 255) for g in (0, 255) for b in (0, 255)]
BARS += [(128, 128, 128), (20, 90, 200)]
WEIGHTS = {SMPTE170M: (0.299, 0.114), BT709: (0.2126, 0.0722)}


def luma_and_chroma(matrix, color, *, full):
    """ITU-R BT.601 and BT.709, in floats, as an independent judge."""
    kr, kb = WEIGHTS[matrix]
    r, g, b = (value / 255 for value in color)
    y = kr * r + (1 - kr - kb) * g + kb * b
    cb, cr = (b - y) / (1 - kb) / 2, (r - y) / (1 - kr) / 2
    if full:
        return [255 * y, 128 + 255 * cb, 128 + 255 * cr]
    return [16 + 219 * y, 128 + 224 * cb, 128 + 224 * cr]


def bars_film(path, matrix, *, full, pixel_format="yuv420p", tagged=True):
    """Bars of 16 pixels, their numbers reckoned by the standard."""
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=25, options={"qp": "0"})
        stream.width, stream.height = 16 * len(BARS), 48
        stream.pix_fmt = pixel_format
        context, deep = stream.codec_context, pixel_format.endswith("10le")
        if tagged:
            context.colorspace, context.color_range = matrix, 1 + full
            context.color_primaries = context.color_trc = matrix
        for index in range(3):
            frame = av.VideoFrame(stream.width, stream.height, pixel_format)
            for number, plane in enumerate(frame.planes):
                row = np.array(
                    [luma_and_chroma(matrix, bar, full=full)[number] for bar in BARS]
                )
                row = np.floor(row * (4 if deep else 1) + 0.5)
                wide = np.repeat(row, plane.width // len(BARS))
                dtype = np.dtype("<u2" if deep else "u1")
                rows = np.frombuffer(plane, dtype)
                rows = rows.reshape(plane.height, -1)[:, : plane.width]
                rows[...] = np.clip(wide, 0, 1020 if deep else 255)
            frame.pts = index
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    return path


class Sees(Same):
    """Keeps what it is shown."""

    def enlarge(self, pixels):
        self.seen = pixels.copy()
        return pixels


def centres(pixels):
    """The middle of each bar, where no neighbour has bled in."""
    return pixels[24, 8::16]


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", WEIGHTS)
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p", "yuv420p10le"])
def test_bars_keep_their_colours(matrix, full, pixel_format, tmp_path):
    source = bars_film(
        tmp_path / "in.mp4", matrix, full=full, pixel_format=pixel_format
    )
    upscaler = Sees()
    VideoUpscaler(upscaler, crf=0)(source, tmp_path / "out.mp4")
    most = 65535 if pixel_format.endswith("10le") else 255
    seen = centres(upscaler.seen) * (255 / most)
    assert np.abs(seen - np.array(BARS)).max() <= 2
    with av.open(str(source)) as before, av.open(str(tmp_path / "out.mp4")) as after:
        then, now = next(before.decode(video=0)), next(after.decode(video=0))
        assert plain(now.format.name) == pixel_format
        told = ("colorspace", "color_range", "color_primaries", "color_trc")
        assert [getattr(now, name) for name in told] == [matrix, 1 + full] + [
            matrix
        ] * 2
        dtype = np.dtype("<u2" if most > 255 else "u1")
        for old, new in zip(then.planes, now.planes, strict=True):
            values = [
                np.frombuffer(plane, dtype).reshape(plane.height, -1)[
                    plane.height // 2, : plane.width
                ][plane.width // len(BARS) // 2 :: plane.width // len(BARS)]
                for plane in (old, new)
            ]
            levels = 4 if most > 255 else 1
            away = np.abs(values[0].astype(int) - values[1])
            assert away.max() <= 2 * levels


@pytest.mark.parametrize(
    ("size", "matrix"),
    [
        ((240, 320), SMPTE170M),
        ((288, 352), BT470BG),
        ((576, 720), BT470BG),
        ((720, 1280), BT709),
        ((600, 800), BT709),
    ],
)
def test_what_is_not_said_is_guessed_by_the_size(size, matrix):
    frame = av.VideoFrame(size[1], size[0], "yuv420p")
    color = Color.read(frame, rgb=False)
    assert (color.matrix, color.full) == (matrix, False)
    assert color.guessed == ("matrix", "range", "primaries", "transfer")
    frame.colorspace, frame.color_range = 9, 2
    said = Color.read(frame, rgb=False)
    assert (said.matrix, said.full) == (9, True)
    assert said.guessed == ("primaries", "transfer")


def test_a_guess_is_said_and_written(tmp_path):
    source = bars_film(tmp_path / "in.mp4", SMPTE170M, full=False, tagged=False)
    report = VideoUpscaler(Same(), crf=0)(source, tmp_path / "out.mp4")
    assert "matrix, range, primaries, transfer: taken as BT.601" in str(report)
    with av.open(str(tmp_path / "out.mp4")) as film:
        frame = next(film.decode(video=0))
        assert (frame.colorspace, frame.color_range) == (SMPTE170M, 1)


def test_a_matrix_that_cannot_be_calculated_with_is_refused():
    frame = av.VideoFrame(64, 48, "yuv420p")
    frame.colorspace = 10
    with pytest.raises(VideoError, match="Received: number 10"):
        Color.read(frame, rgb=False)


def test_rgb_stays_or_becomes_bt709():
    frame = av.VideoFrame(64, 48, "rgb24")
    color = Color.read(frame, rgb=True)
    assert (color.matrix, color.full, color.guessed) == (RGB, True, ())
    assert SRGB.as_yuv() == replace(SRGB, matrix=BT709, full=False)
    assert UNSAID not in (color.primaries, color.transfer)
    assert str(SRGB.as_yuv()) == "BT.709, limited range"


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("deep", [False, True])
def test_rgb_comes_back_as_it_was(deep, alpha):
    rng = np.random.default_rng(0)
    dtype = np.uint16 if deep else np.uint8
    most = np.iinfo(dtype).max
    pixels = rng.integers(0, most + 1, (20, 30, 3 + alpha), dtype)
    converter = Converter(SRGB, deep=deep, alpha=alpha)
    depth = ("64le" if alpha else "48le") if deep else ("" if alpha else "24")
    frame = converter.from_rgb(pixels, f"rgb{'a' * alpha}{depth}", SRGB)
    assert np.array_equal(converter.to_rgb(frame), pixels)


def test_a_film_of_mjpeg_has_full_range(tmp_path):
    options = {"pixel_format": "yuvj420p", "codec": "mjpeg"}
    source = make_film(tmp_path / "in.avi", **options)
    report = VideoUpscaler(Same(), crf=0)(source, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as film:
        assert next(film.decode(video=0)).color_range == 2
    assert report.frames == 12
