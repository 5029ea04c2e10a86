"""Sound that is encoded anew, has holes or steps back in time."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from srkit.errors import VideoError
from srkit.inference import VideoUpscaler
from srkit.inference.video import check
from srkit.inference.video.rising import Rising
from tests.inference.video.films import SamePlanes, make_film, packets


def enlarge(source, target, **settings):
    return VideoUpscaler(SamePlanes(), crf=30, **settings)(source, target)


def with_sound(path, *, codec, rate, pieces, frames=50):
    """A film whose sound is there in some spans of seconds only."""
    plain = make_film(path.with_name(f"plain{path.suffix}"), frames=frames)
    with av.open(str(plain)) as source, av.open(str(path), "w") as film:
        out = film.add_stream_from_template(source.streams.video[0], opaque=True)
        sound = film.add_stream(codec, rate=rate, layout="mono")
        form = sound.codec_context.format.name
        for begin, end in pieces:
            for start in range(int(begin * rate), int(end * rate), rate // 50):
                wave = 0.5 + 0.4 * np.sin(np.arange(rate // 50) * 0.2)
                scale, kind = (255, "u1") if form == "u8" else (32767, "<i2")
                data = (wave * scale).astype(kind)[None]
                frame = av.AudioFrame.from_ndarray(data, format=form, layout="mono")
                frame.sample_rate, frame.pts = rate, start
                frame.time_base = Fraction(1, rate)
                film.mux(sound.encode(frame))
        for packet in source.demux():
            if packet.size:
                packet.stream = out
                film.mux(packet)
    return path


def loudness(path):
    """How loud each tenth of a second is, from 0 on."""
    with av.open(str(path)) as film:
        told = {}
        for frame in film.decode(audio=0):
            data = frame.to_ndarray().astype(float)
            if not frame.format.is_planar:
                data = data.reshape(-1, frame.layout.nb_channels).T
            begin = frame.pts * frame.time_base
            for index, sample in enumerate(data[0]):
                tenth = int((begin + Fraction(index, frame.sample_rate)) * 10)
                told.setdefault(tenth, []).append(sample)
    return {tenth: np.std(samples) for tenth, samples in told.items()}


def test_a_hole_in_sound_stays_a_hole(tmp_path):
    source = with_sound(
        tmp_path / "in.mkv", codec="pcm_u8", rate=8000, pieces=((0, 1), (3, 4))
    )
    report = enlarge(source, tmp_path / "out.mp4")
    assert "was encoded as aac" in str(report)
    told = loudness(tmp_path / "out.mp4")
    for tenth in range(39):
        loud = tenth < 10 or tenth >= 30
        if tenth not in (9, 10, 29, 30):
            assert (told[tenth] > 0.1) == loud, tenth


def test_sound_of_an_unusual_rate_is_encoded_at_a_usual_one(tmp_path):
    source = with_sound(
        tmp_path / "in.mkv", codec="pcm_u8", rate=4000, pieces=((0, 2),)
    )
    enlarge(source, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as film:
        assert film.streams.audio[0].rate == 7350
        samples = sum(frame.samples for frame in film.decode(audio=0))
    assert samples / 7350 == pytest.approx(2, abs=0.3)


def test_damaged_sound_is_encoded_as_silence_and_said(tmp_path):
    whole = make_film(tmp_path / "whole.mp4", frames=40, sounds=1)
    data = bytearray(whole.read_bytes())
    with av.open(str(whole)) as film:
        for index, packet in enumerate(film.demux(audio=0)):
            if 20 <= index < 60:
                at = packet.pos
                data[at : at + packet.size] = b"\xff" * packet.size
    source = tmp_path / "in.mp4"
    source.write_bytes(bytes(data))
    report = enlarge(source, tmp_path / "out.webm", speed="8")
    assert "packets of stream 1 (audio) could not be decoded: silence" in str(report)
    then, now = loudness(whole), loudness(tmp_path / "out.webm")
    assert max(now) == pytest.approx(max(then), abs=1)
    assert now[8] < 0.01 < now[14]


def test_sound_in_mp4_and_webm_that_ends_too_early_is_found(tmp_path, monkeypatch):
    source = with_sound(
        tmp_path / "in.mkv", codec="pcm_u8", rate=8000, pieces=((0, 2),)
    )
    original = check._check_sound

    def moved(path, copies):
        for sound in copies.sound.values():
            sound.end += 1
        original(path, copies)

    monkeypatch.setattr(check, "_check_sound", moved)
    with pytest.raises(VideoError, match=r"stream 1 \(audio\) lasts from .*not from"):
        enlarge(source, tmp_path / "out.mp4")


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
def test_recordings_laid_end_to_end_are_joined(suffix, tmp_path):
    one = make_film(tmp_path / "one.ts", frames=25, sounds=1, options={"bf": "0"})
    source = tmp_path / "in.ts"
    source.write_bytes(one.read_bytes() * 2)
    report = enlarge(source, tmp_path / f"out{suffix}")
    assert report.frames == 50
    assert "(audio) step back to" in str(report)
    sound = packets(tmp_path / f"out{suffix}")[0]
    times = [time for _, time in sound]
    assert times == sorted(times)
    if suffix != ".webm":
        assert len(sound) == 2 * len(packets(one)[0])


class Sent:
    """A packet, as much of it as its times."""

    def __init__(self, stream, dts, duration=20):
        self.stream, self.dts, self.pts, self.duration = stream, dts, dts, duration
        self.time_base = Fraction(1, 1000)


class Way:
    """A stream."""

    def __init__(self, index, kind="audio"):
        self.index, self.type = index, kind


def mended(*sent):
    rising, times = Rising(), []
    for packet in sent:
        rising.mend(packet)
        times.append((packet.dts, packet.pts))
    return [dts for dts, _ in times], [pts for _, pts in times], rising.said


def test_streams_whose_times_step_back_stay_in_step():
    one, two = Way(1), Way(2)
    times = ((one, 0), (two, 0), (one, 1000), (two, 980))
    again = ((one, 10), (two, 10), (one, 1010), (two, 990))
    dts, pts, said = mended(*(Sent(way, time) for way, time in times + again))
    # Both by as much as the first had to be.
    assert dts == pts == [0, 0, 1000, 980, 1020, 1020, 2020, 2000]
    assert len(said) == 2
    assert "stream 1 (audio) step back to 0.010 s; from there on they were" in said[0]
    assert all("moved by 1.010 s" in each for each in said)


def test_a_packet_out_of_order_is_no_other_recording():
    way = Way(1)
    dts, _, said = mended(*(Sent(way, time) for time in (0, 20, 19, 20, 60)))
    assert (dts, said) == ([0, 20, 21, 22, 60], [])
    words = Way(2, "subtitle")  # two may begin at the same time
    assert mended(Sent(words, 20), Sent(words, 20), Sent(words, 10))[0] == [20] * 3


def test_packets_without_a_time_follow_the_one_before():
    way = Way(1)
    assert mended(Sent(way, 5), Sent(way, None), Sent(way, None))[0] == [5, 25, 45]
