"""The parts of a film's way, each on its own."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from time import perf_counter, sleep
from types import SimpleNamespace

import av
import numpy as np
import pytest

from srkit.errors import ArgumentError, UnreadableVideoError
from srkit.image import Picture, read_picture
from srkit.inference import LumaUpscaler, Upscaler, VideoUpscaler
from srkit.inference.video import Region, Settings
from srkit.inference.video.around import Around
from srkit.inference.video.clock import Clock
from srkit.inference.video.color import SRGB, Color
from srkit.inference.video.containers import CONTAINERS
from srkit.inference.video.copies import Copies
from srkit.inference.video.decoder import Decoder
from srkit.inference.video.deinterlace import deinterlaced
from srkit.inference.video.encoder import Coding
from srkit.inference.video.footage import Footage
from srkit.inference.video.frames import Facts, Frame
from srkit.inference.video.job import Job
from srkit.inference.video.journal import Journal
from srkit.inference.video.opening import end_of, is_live, open_film, video_of
from srkit.inference.video.orientation import turned
from srkit.inference.video.pictures import FolderSink, PictureSource, picture_name
from srkit.inference.video.pipeline import Pipeline
from srkit.inference.video.plan import Plan, is_folder
from srkit.inference.video.preview import Preview
from srkit.inference.video.recorder import Recorder
from srkit.inference.video.report import Report, Watch
from srkit.inference.video.routes import frame_of, planes_of, route
from srkit.inference.video.sinks import FilmSink
from srkit.inference.video.sound import Encoded
from srkit.models import EDSR, CReLUNet
from tests.inference.video.films import Same, SamePlanes, make_film, video_frame

LIMITED = Color(6, full=False, primaries=6, transfer=6)
FACTS = Facts(
    height=48,
    width=64,
    pixel_format="yuv420p",
    color=LIMITED,
    time_base=Fraction(1, 25),
    rate=Fraction(25),
)


def packet(pts, *, discard=False):
    return SimpleNamespace(size=1, pts=pts, is_discard=discard)


def image(pts, *, interlaced=False):
    return SimpleNamespace(pts=pts, interlaced_frame=interlaced)


def test_a_clock_finds_what_did_not_come():
    clock = Clock(10)
    clock.start(by_rate=False)
    for pts in (0, 30, 10, 20, 40):
        clock.expect(packet(pts), key=False)
    clock.expect(packet(15, discard=True), key=False)
    assert clock.missing(image(0)) == []
    assert clock.place(0) == 0
    assert clock.missing(image(30)) == [10, 20]
    assert [clock.place(pts) for pts in (10, 20, 30)] == [10, 20, 30]
    assert clock.is_late(image(20))
    assert not clock.is_late(image(30))
    assert clock.missing(None) == [40]
    assert clock.made_up == 0


def test_a_clock_forgives_second_fields_and_a_beginning_that_was_cut():
    clock = Clock(10)
    for pts in (0, 5, 20, 25, 30, 35):
        clock.expect(packet(pts), key=False)
    assert clock.missing(image(20, interlaced=True)) == []
    assert clock.unshown == [0, 5]
    clock.place(20)
    assert clock.missing(image(30, interlaced=True)) == []


def test_a_clock_knows_a_beginning_that_was_cut_from_one_that_is_damaged():
    clock = Clock(10)
    for pts, key in ((30, True), (10, False), (20, False), (40, False), (50, True)):
        clock.expect(packet(pts), key=key)
    assert clock.missing(image(50)) == [30, 40]
    assert clock.unshown == [10, 20]


def test_a_clock_makes_up_times():
    clock = Clock(10)
    assert [clock.place(pts) for pts in (5, None, 15, 3)] == [5, 15, 25, 35]
    assert clock.made_up == 3
    clock = Clock(10)
    clock.start(by_rate=True)
    clock.fail()
    assert (clock.missing(image(None)), clock.unshown) == ([], [0])
    clock.expect(packet(None), key=True)
    clock.fail()
    assert clock.missing(image(None)) == [None]
    assert [clock.place(None) for _ in range(3)] == [0, 1, 2]


def test_a_decoder_gives_every_frame(tmp_path):
    source = make_film(tmp_path / "in.mp4", options={"bf": "3"}, frames=25, sounds=1)
    with open_film(str(source)) as film:
        decoder = Decoder(film, video_of(film), Fraction(25))
        others = []
        decoder.on_packet = others.append
        frames = list(decoder.frames())
        assert [frame.pts for frame in frames] == [index * 512 for index in range(25)]
        assert len(others) == sum(1 for _ in others) > 20
        assert decoder.end == end_of(film, video_of(film)) == 25 * 512
        assert (decoder.missing, decoder.broken) == (0, "")


def test_what_is_read_only_once():
    assert is_live("http://host/film.mp4")
    assert is_live("/dev/video0")
    assert not is_live("film.mp4")


@pytest.mark.parametrize("count", [1, 2, 7])
def test_deinterlacing_keeps_number_and_times(count):
    frames = []
    for index in range(count):
        picture = video_frame(index, (48, 64), "yuv420p")
        picture.pts, picture.time_base = 3 * index, Fraction(1, 25)
        frames.append(Frame(index=index, pts=3 * index, duration=3, image=picture))
    woven = list(deinterlaced(iter(frames), Fraction(1, 25)))
    assert [frame.pts for frame in woven] == [frame.pts for frame in frames]
    assert all(
        then.image is not now.image for then, now in zip(frames, woven, strict=True)
    )


def test_the_matrix_of_a_film_is_set(tmp_path):
    source = make_film(tmp_path / "in.mp4")
    matrix = np.array([0, 65536, 0, -65536, 0, 0, 48 << 16, 0, 1 << 30], np.int32)
    with open_film(str(source)) as film:
        stream = video_of(film)
        first = next(film.demux(stream))
        with turned(stream, first, matrix.tobytes(), 2.0) as file:
            frame = next(file.decode(video=0))
            told = np.frombuffer(frame.side_data["DISPLAYMATRIX"], np.int32)
    expected = matrix.copy()
    expected[6] *= 2
    assert told.tolist() == expected.tolist()


class Still(Footage):
    """Footage of one gray."""

    def __init__(self, count):
        super().__init__("still")
        self.count = count

    @property
    def facts(self):
        return FACTS

    @property
    def identity(self):
        return f"still {self.count}"

    def frames(self):
        for index in range(self.count):
            picture = video_frame(index, (48, 64), "yuv420p")
            yield Frame(index=index, pts=index, duration=1, image=picture)


def test_any_footage_can_be_a_job(tmp_path):
    plan = Plan(SamePlanes(), Still(5), tmp_path / "out.mkv", Settings(codec="ffv1"))
    report = Job(plan).run()
    assert (report.frames, report.computed) == (5, 5)
    assert {"decode", "network", "encode", "join", "check"} <= report.stages.keys()
    assert plan.identity["source"] == "still 5"
    assert (plan.at_once, plan.halo, plan.factor, plan.label) == (2, None, 1.0, None)


def test_a_pipeline_replaces_what_is_in_trouble():
    class Never(Same):
        def enlarge(self, pixels):
            raise AssertionError

    way = route(Never(), FACTS, "yuv420p", planes=False)
    picture = video_frame(0, (48, 64), "yuv420p")
    frame = Frame(index=0, pts=0, duration=1, image=picture, trouble="damaged")
    around = Around(Settings(), Watch(), first=0, state={})
    pipeline = Pipeline(way, (96, 128), None, 0, False, Watch(), around)
    written = []
    pipeline.run(
        iter([frame]),
        lambda made, told: written.append((made.width, made.height, told.trouble)),
        lambda _: None,
        at_once=1,
    )
    assert written == [(128, 96, "damaged")]


def test_the_ways_to_the_network():
    kinds = {
        ("yuv420p", "yuv420p", SamePlanes): "PlanesRoute",
        ("yuvj420p", "yuv420p", SamePlanes): "PlanesRoute",
        ("yuv420p", "yuv444p", SamePlanes): "RgbRoute",
        ("yuv420p10le", "yuv420p10le", SamePlanes): "PlanesRoute",
        ("yuv422p", "yuv422p", SamePlanes): "PlanesRoute",
        ("yuva420p", "yuva420p", SamePlanes): "RgbRoute",
        ("p010le", "p010le", SamePlanes): "RgbRoute",
        ("yuv420p", "yuv420p", Same): "RgbRoute",
        ("gray", "gray", Same): "GrayRoute",
        ("gray10le", "gray10le", SamePlanes): "GrayRoute",
        ("gray", "yuv420p", Same): "RgbRoute",
    }
    for (source, target, upscaler), kind in kinds.items():
        facts = replace(FACTS, pixel_format=source)
        assert type(route(upscaler(), facts, target, planes=True)).__name__ == kind
    planes = planes_of(video_frame(3, (47, 63), "yuv420p"))
    assert [plane.shape for plane in planes] == [(47, 63), (24, 32), (24, 32)]
    back = planes_of(frame_of(planes, "yuv420p", LIMITED))
    assert all(map(np.array_equal, planes, back))


def test_a_region_sees_as_far_as_the_network():
    class Seen(Same):
        def enlarge(self, pixels):
            self.shape = pixels.shape
            return pixels.repeat(2, 0).repeat(2, 1)

    pixels = np.arange(20 * 30 * 3, dtype=np.uint16).reshape(20, 30, 3)
    upscaler, region = Seen(), Region(4, 1, 8, 6)
    part = region.enlarge(upscaler, pixels, 3)
    assert upscaler.shape == (10, 14, 3)
    assert np.array_equal(part, region.cut(pixels).repeat(2, 0).repeat(2, 1))
    region.enlarge(upscaler, pixels, None)
    assert upscaler.shape == pixels.shape


def test_pictures_are_sorted_by_their_numbers(tmp_path):
    for index in (1, 2, 10):
        Picture(np.full((4, 6, 1), index, np.uint8)).save(tmp_path / f"f{index}.png")
    source = PictureSource(str(tmp_path), fps=10, start=0.0, duration=None)
    frames = list(source.frames())
    assert [np.frombuffer(each.image.planes[0])[0] for each in frames]
    assert [planes_of(each.image)[0][0, 0] for each in frames] == [1, 2, 10]
    assert (source.facts.color, source.facts.frames) == (SRGB, 3)
    later = PictureSource(str(tmp_path), fps=10, start=0.1, duration=0.1)
    assert [file.name for file in later.files] == ["f2.png"]
    with pytest.raises(UnreadableVideoError, match="in that span"):
        PictureSource(str(tmp_path), fps=10, start=9.0, duration=None)


def test_a_folder_is_complete_or_named(tmp_path):
    journal = Journal(tmp_path / "journal", resume=False)
    journal.begin({})
    sink = FolderSink(journal, tmp_path, FACTS, 2)
    for index in range(3):
        frame = Frame(index=index, pts=index, duration=1, image=None)
        sink.add(video_frame(index, (8, 8), "rgb24"), frame)
    sink.commit()
    sink.finish()
    assert len(journal.segments) == 2
    (tmp_path / picture_name(1)).unlink()
    with pytest.raises(Exception, match=r"without 000001.png"):
        sink.finish()
    journal.close()


def test_a_film_is_cut_into_segments(tmp_path):
    journal = Journal(tmp_path / "journal", resume=False)
    journal.begin({})
    plan = Plan(SamePlanes(), Still(5), tmp_path / "o.mkv", Settings(codec="ffv1"))
    told = itertools.count()
    sink = FilmSink(
        journal, plan.coding, plan.shape, 2, lambda: {"last": np.array(next(told))}
    )
    for frame in plan.source.frames():
        sink.add(frame.image, frame)
    assert [len(each.times) for each in journal.segments] == [2, 2]
    assert journal.state()["last"] == 1
    sink.abandon()
    assert not list(journal.folder.glob("*.part"))
    journal.close()


def test_a_region_takes_one_run_of_the_network(tmp_path):
    upscaler = Upscaler(EDSR(scale=2, filters=2, num_blocks=1), scale=4)
    settings = Settings(roi=Region(0, 0, 8, 8))
    plan = Plan(upscaler, Still(1), tmp_path / "o.mkv", settings)
    with pytest.raises(ArgumentError, match="`roi` needs the network's own factor"):
        _ = plan.size


def test_zero_is_lossless_whatever_the_encoder():
    assert Coding(codec="av1", crf=0).options["svtav1-params"] == "lossless=1"
    assert "crf" not in Coding(codec="x265", crf=0).options


def test_where_a_film_goes(tmp_path):
    assert is_folder(tmp_path)
    assert is_folder(Path("frames"))
    assert not is_folder(Path("film.mp4"))


def test_a_preview_is_written_every_so_often(tmp_path):
    path = tmp_path / "now.jpg"
    preview = Preview(path, 3600.0)
    preview.show(video_frame(0, (8, 16), "yuv420p"))
    assert read_picture(path).pixels.shape == (8, 16, 3)
    path.unlink()
    preview.show(video_frame(1, (8, 16), "yuv420p"))
    assert not path.exists()
    Preview(None, 0.0).show(None)


def test_a_preview_that_fails_does_not_end_the_work(tmp_path):
    preview = Preview(tmp_path / "gone" / "now.png", 0.0)
    preview.show(video_frame(0, (8, 16), "yuv420p"))
    assert "without its last preview" in preview.said[0]
    for path in (tmp_path / "gone" / "now.png", tmp_path / "now.mp4"):
        with pytest.raises(ArgumentError, match="`preview` must be a picture"):
            Settings(preview=path)


def test_time_is_counted_once_however_many_threads_work():
    watch = Watch()
    begin = perf_counter()
    with watch.time("network"), watch.time("network"):
        sleep(0.05)
    assert 0.05 <= watch.seconds["network"] <= perf_counter() - begin


def test_a_recorder_keeps_what_passes(tmp_path):
    source = make_film(tmp_path / "in.mkv", sounds=2, sound_start=4800)
    with open_film(str(source)) as film:
        place = tmp_path / "journal" / "others.nut"
        recorder = Recorder(place, film, 0, Fraction(1, 10))
        count = 0
        for each in film.demux():
            if each.stream.index and each.dts is not None:
                count += each.dts * each.time_base >= Fraction(1, 10)
                recorder(each)
        assert recorder.close()
    with open_film(str(place)) as kept:
        packets = [each for each in kept.demux() if each.size]
    assert len(packets) == count
    assert min(each.pts * each.time_base for each in packets) < Fraction(1, 100)


def test_sound_that_is_encoded_anew_begins_where_it_did(tmp_path):
    path = make_film(tmp_path / "in.mkv", sounds=1, sound_codec="pcm_s16le")
    with av.open(str(tmp_path / "o.mp4"), "w") as film, open_film(str(path)) as source:
        stream = source.streams.audio[0]
        sound, packets = Encoded(film, stream, "aac"), []
        for each in source.demux(stream):
            packets += sound.packets(each, Fraction(-1))
    assert 0.95 < packets[0].pts * packets[0].time_base <= 1


def test_nothing_goes_along_with_pictures():
    copies = Copies(None, None, CONTAINERS[".mkv"])
    assert (copies.others, copies.bases, list(copies.packets())) == ([], [], [])


def test_a_report_tells_what_happened():
    report = Report(
        target=Path("o.mp4"),
        frames=30,
        computed=20,
        height=2,
        width=4,
        seconds=2.0,
        replaced=((7, "damaged"),),
        said=("guessed",),
    )
    assert str(report).splitlines() == [
        "o.mp4  4x2, 30 frames, checked; 2.0 s, 10.0 frames/s",
        "  guessed",
        "  frame 7 damaged",
    ]


def test_a_network_for_luma_takes_the_planes(tmp_path):
    preset = CReLUNet(filters=2).save_preset(tmp_path / "luma")
    film = VideoUpscaler.from_preset(preset)
    assert isinstance(film.upscaler, LumaUpscaler)
    plan = Plan(film.upscaler, Still(2), tmp_path / "o.mp4", film.settings)
    assert type(plan.route).__name__ == "PlanesRoute"
    assert Job(plan).run().frames == 2
    steady = Plan(film.upscaler, Still(2), tmp_path / "o.mp4", Settings(steady=True))
    assert type(steady.route).__name__ == "RgbRoute"


def test_settings_are_checked():
    with pytest.raises(ArgumentError, match=r"`fuse` must be at least 1. Received: 0"):
        Settings(fuse=0)
