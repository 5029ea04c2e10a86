"""What goes along with the pictures, and what a container cannot hold."""

from __future__ import annotations

import struct
from fractions import Fraction

import av
import numpy as np
import pytest

from srkit.inference import VideoUpscaler
from srkit.inference.video.texts import is_text
from tests.inference.video.films import Same, SamePlanes, decoded, make_film, packets

QUARTER = (0, 65536, 0, -65536, 0, 0, 48 << 16, 0, 1 << 30)
"""A quarter turn, and a shift by the height."""


class Twice(Same):
    """Doubles every pixel."""

    def size_of(self, height, width):
        return 2 * height, 2 * width

    def enlarge(self, pixels):
        return pixels.repeat(2, 0).repeat(2, 1)

    def enlarge_planes(self, *planes, bits, left):
        return tuple(plane.repeat(2, 0).repeat(2, 1) for plane in planes)


def enlarge(source, target, upscaler=None, **settings):
    return VideoUpscaler(upscaler or SamePlanes(), **{"crf": 0, **settings})(
        source, target
    )


def rich_film(path, *, sound="aac"):
    """A Matroska film with two sounds, subtitles, chapters, a font and names."""
    plain = make_film(path.with_name("plain.mkv"), sounds=2, sound_codec=sound)
    with av.open(str(plain)) as source, av.open(str(path), "w") as film:
        outs = [
            film.add_stream_from_template(stream, opaque=True)
            for stream in source.streams
        ]
        outs[1].metadata["language"], outs[2].metadata["language"] = "eng", "deu"
        text = film.add_mux_stream("subrip", time_base=Fraction(1, 1000))
        text.metadata["language"] = "fra"
        film.add_attachment("font.ttf", "application/x-truetype-font", b"glyphs")
        film.metadata["title"] = "A film"
        base = Fraction(1, 1000)
        film.set_chapters(
            [
                {"id": 1, "start": 0, "end": 200, "time_base": base, "metadata": {}},
                {
                    "id": 2,
                    "start": 200,
                    "end": 480,
                    "time_base": base,
                    "metadata": {"title": "Two"},
                },
            ]
        )
        for packet in source.demux():
            if packet.size:
                packet.stream = outs[packet.stream.index]
                film.mux(packet)
        for index, words in enumerate((b"one", b"two")):
            packet = av.Packet(words)
            packet.pts = packet.dts = index * 200
            packet.duration, packet.time_base = 150, base
            packet.stream = text
            film.mux(packet)
    return path


def test_matroska_keeps_everything(tmp_path):
    source = rich_film(tmp_path / "in.mkv")
    report = enlarge(source, tmp_path / "out.mkv")
    assert "left out" not in str(report)
    assert decoded(tmp_path / "out.mkv") == decoded(source)
    assert packets(tmp_path / "out.mkv") == packets(source)
    assert packets(tmp_path / "out.mkv", "subtitle") == packets(source, "subtitle")
    with av.open(str(source)) as before, av.open(str(tmp_path / "out.mkv")) as after:
        kinds = [stream.type for stream in after.streams]
        assert kinds == ["video", "audio", "audio", "subtitle", "attachment"]
        spoken = [stream.language for stream in after.streams]
        assert spoken[1:4] == ["eng", "deu", "fra"]
        assert after.streams[4].data == b"glyphs"
        assert after.metadata["title"] == "A film"
        told = [
            (chapter["start"], chapter["end"], chapter["metadata"])
            for chapter in after.chapters()
        ]
        assert told == [
            (chapter["start"], chapter["end"], chapter["metadata"])
            for chapter in before.chapters()
        ]
        assert len(told) == 2


def test_what_mp4_cannot_hold_is_said(tmp_path):
    source = rich_film(tmp_path / "in.mkv")
    report = enlarge(source, tmp_path / "out.mp4")
    assert "stream 3 (subtitle, srt) does not fit into mp4 as it is" in str(report)
    assert "stream 4 (attachment, font.ttf) does not fit into mp4" in str(report)
    for then, now in zip(packets(source), packets(tmp_path / "out.mp4"), strict=True):
        assert [data for data, _ in then] == [data for data, _ in now]
    with av.open(str(tmp_path / "out.mp4")) as film:
        assert film.metadata["title"] == "A film"
        assert len(film.chapters()) == 2


def test_only_words_are_written_anew(tmp_path):
    with av.open(str(rich_film(tmp_path / "in.mkv"))) as film:
        assert [is_text(stream) for stream in film.streams] == 3 * [False] + [
            True,
            False,
        ]


def subtitles(path):
    """Words, begin and end in seconds of every subtitle."""
    with av.open(str(path)) as film:
        told, decoder = [], film.streams.subtitles[0].codec_context
        for packet in film.demux(subtitles=0):
            words = decoder.decode2(packet) if packet.size else None
            if words:
                begin = packet.pts * packet.time_base
                end = begin + packet.duration * packet.time_base
                told.append((words[0].dialogue, begin, end))
    return told


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".webm"])
def test_subtitles_are_written_anew_where_they_do_not_fit(suffix, tmp_path):
    source = rich_film(tmp_path / "in.mkv")
    report = enlarge(source, tmp_path / f"out{suffix}")
    assert "its words were written as" in str(report)
    told = [
        (b"one", 0, Fraction(15, 100)),
        (b"two", Fraction(2, 10), Fraction(35, 100)),
    ]
    assert subtitles(tmp_path / f"out{suffix}") == told
    enlarge(tmp_path / f"out{suffix}", tmp_path / "back.mkv")
    assert subtitles(tmp_path / "back.mkv") == told


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ({"duration": 0.16}, [(0, 160)]),
        ({"duration": 0.32}, [(0, 200), (200, 320)]),
        ({"start": 0.12, "duration": 0.16}, [(0, 80), (80, 160)]),
        ({"start": 0.24}, [(0, 240)]),
    ],
)
def test_chapters_are_cut_as_the_film_is(span, expected, tmp_path):
    source = rich_film(tmp_path / "in.mkv")
    VideoUpscaler(SamePlanes(), crf=0)(source, tmp_path / "out.mkv", **span)
    with av.open(str(tmp_path / "out.mkv")) as film:
        told = [
            (
                chapter["start"] * chapter["time_base"] * 1000,
                chapter["end"] * chapter["time_base"] * 1000,
            )
            for chapter in film.chapters()
        ]
    assert told == expected


def test_sound_that_does_not_fit_is_encoded_anew(tmp_path):
    source = make_film(
        tmp_path / "in.mkv", sounds=1, sound_codec="pcm_s16le", sound_start=2400
    )
    report = enlarge(
        source, tmp_path / "out.webm", codec="libvpx-vp9", speed="8", crf=30
    )
    assert "was encoded as libopus" in str(report)
    sounds = []
    for path in (source, tmp_path / "out.webm"):
        with av.open(str(path)) as film:
            frames = list(film.decode(audio=0))
        samples = sum(frame.samples for frame in frames)
        sounds.append((float(frames[0].pts * frames[0].time_base), samples / 48000))
    assert sounds[1][0] == pytest.approx(sounds[0][0], abs=0.025)
    assert sounds[1][1] == pytest.approx(sounds[0][1], abs=0.025)


@pytest.mark.parametrize("suffix", [".avi", ".mkv", ".mov"])
def test_sound_without_a_compressor_is_copied(suffix, tmp_path):
    source = make_film(
        tmp_path / f"in{suffix}", codec="mpeg4", sounds=1, sound_codec="pcm_s16le"
    )
    report = enlarge(source, tmp_path / "out.mp4")
    assert "encoded as" not in str(report)
    then, now = packets(source)[0], packets(tmp_path / "out.mp4")[0]
    assert b"".join(data for data, _ in now) == b"".join(data for data, _ in then)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_the_way_to_turn_it_is_kept(suffix, tmp_path):
    plain = make_film(tmp_path / "plain.mp4")
    data = bytearray(plain.read_bytes())
    struct.pack_into(">9i", data, data.index(b"tkhd") + 44, *QUARTER)
    source = tmp_path / "in.mp4"
    source.write_bytes(bytes(data))
    enlarge(source, tmp_path / f"out{suffix}", Twice())
    matrices = []
    for path in (source, tmp_path / f"out{suffix}"):
        with av.open(str(path)) as film:
            frame = next(film.decode(video=0))
            assert frame.rotation == -90
            turn = np.frombuffer(frame.side_data["DISPLAYMATRIX"], np.int32)
            matrices.append(turn.tolist())
    if suffix != ".mkv":  # which notes the angle only
        assert matrices[1][6] == 2 * matrices[0][6]
        del matrices[0][6], matrices[1][6]
        assert matrices[0] == matrices[1]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_the_shape_of_pixels_is_kept(suffix, tmp_path):
    def anamorphic(film, video):
        video.codec_context.sample_aspect_ratio = Fraction(16, 11)

    source = make_film(tmp_path / "in.mp4", before=anamorphic)
    enlarge(source, tmp_path / f"out{suffix}", Twice())
    with av.open(str(tmp_path / f"out{suffix}")) as film:
        assert film.streams.video[0].sample_aspect_ratio == Fraction(16, 11)
        assert film.streams.video[0].width == 128


@pytest.mark.parametrize("start", [-1024, 0, 1000, 96000])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_sound_stays_where_it_is(start, suffix, tmp_path):
    source = make_film(tmp_path / "in.mp4", sounds=1, sound_start=start)
    enlarge(source, tmp_path / f"out{suffix}")
    then, now = packets(source)[0], packets(tmp_path / f"out{suffix}")[0]
    tick = Fraction(1, 1000) if suffix == ".mkv" else 0
    for before, after in zip(then, now, strict=True):
        assert before[0] == after[0]
        assert abs(before[1] - after[1]) <= tick
