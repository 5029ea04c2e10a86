"""Films made for the tests, and what is in them."""

from __future__ import annotations

import time
from fractions import Fraction

import av
import numpy as np


class Same:
    """Enlarges by nothing, through RGB."""

    def size_of(self, height, width):
        return height, width

    def enlarge(self, pixels):
        return pixels


class SamePlanes(Same):
    """Enlarges by nothing, luma and chroma as they are."""

    def enlarge_planes(self, *planes, bits, left):
        return planes


class Slow(SamePlanes):
    """Takes its time, so that a kill finds it at work."""

    def enlarge_planes(self, *planes, bits, left):
        time.sleep(0.01)
        return planes

    def enlarge(self, pixels):
        time.sleep(0.01)
        return pixels


def picture(index, height, width, dtype=np.uint8, most=255):
    """A plane that is another one in each frame."""
    rng = np.random.default_rng(7)
    wide = rng.integers(0, most + 1, (height + 64, width + 64), dtype=dtype)
    wide = wide // 2 + most // 4
    at = index % 64
    return wide[at : at + height, at : at + width]


def video_frame(index, size, pixel_format):
    height, width = size
    frame = av.VideoFrame(width, height, pixel_format)
    deep = frame.format.components[0].bits
    dtype = np.dtype("u1" if deep == 8 else "<u2")
    for number, plane in enumerate(frame.planes):
        rows = np.frombuffer(plane, dtype)
        rows = rows.reshape(plane.height, plane.line_size // dtype.itemsize)
        drawn = picture(index + number, plane.height, plane.width, dtype, 2**deep - 1)
        rows[:, : plane.width] = drawn
    return frame


def make_film(
    path,
    *,
    frames=12,
    size=(48, 64),
    pixel_format="yuv420p",
    codec="libx264",
    options=None,
    rate=25,
    time_base=None,
    times=None,
    sounds=0,
    sound_codec="aac",
    sound_start=0,
    format=None,
    before=None,
):
    """Writes a film; `times` are those of its frames in ticks."""
    time_base = time_base or Fraction(1) / Fraction(rate)
    times = list(range(frames)) if times is None else times
    with av.open(str(path), "w", format=format) as film:
        video = film.add_stream(codec, rate=rate, options=options or {})
        video.width, video.height, video.pix_fmt = size[1], size[0], pixel_format
        video.time_base = video.codec_context.time_base = time_base
        audio = [film.add_stream(sound_codec, rate=48000) for _ in range(sounds)]
        if before is not None:
            before(film, video)
        for number, stream in enumerate(audio):
            film.mux(list(_sound(stream, number, sound_start, len(times))))
        for index, pts in enumerate(times):
            frame = video_frame(index, size, pixel_format)
            frame.pts, frame.time_base = pts, time_base
            film.mux(video.encode(frame))
        film.mux(video.encode(None))
    return path


def film_of(path, pictures, *, times=None, time_base=Fraction(1, 25)):
    """Writes pictures of RGB as a film that holds them exactly."""
    height, width = pictures[0].shape[:2]
    with av.open(str(path), "w") as film:
        video = film.add_stream("ffv1", rate=25)
        video.width, video.height, video.pix_fmt = width, height, "bgr0"
        video.time_base = video.codec_context.time_base = time_base
        for index, pixels in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels))
            frame.pts, frame.time_base = times[index] if times else index, time_base
            film.mux(video.encode(frame))
        film.mux(video.encode(None))
    return path


def rgb_of(path):
    """All frames as arrays of RGB."""
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


def _sound(stream, number, start, frames):
    samples = stream.codec_context.frame_size or 1024
    layout = stream.codec_context.format.name
    for index in range(max(2, frames * 2)):
        wave = np.sin(np.arange(samples) * (0.02 + 0.01 * number) + index)
        if layout == "fltp":
            data = np.stack([wave, wave]).astype(np.float32)
        else:
            data = np.repeat(wave * 9000, 2)[None].astype(np.int16)
        frame = av.AudioFrame.from_ndarray(data, format=layout, layout="stereo")
        frame.sample_rate, frame.pts = 48000, start + index * samples
        frame.time_base = Fraction(1, 48000)
        yield from stream.encode(frame)
    yield from stream.encode(None)


def decoded(path):
    """Times in seconds and planes of all frames."""
    times, pictures = [], []
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            raw = frame.pts is None
            times.append(None if raw else frame.pts * frame.time_base)
            pictures.append(planes_of_frame(frame))
    return times, pictures


def planes_of_frame(frame):
    """The bytes of a frame's planes."""
    deep = frame.format.components[0].bits > 8
    return [bytes_of(plane, 1 + deep) for plane in frame.planes]


def bytes_of(plane, size):
    """A plane, of `size` bytes a sample, without what pads its rows."""
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width * size].tobytes()


def packets(path, kind="audio"):
    """Payload and time of every packet, by stream."""
    with av.open(str(path)) as film:
        found = {stream.index: [] for stream in film.streams if stream.type == kind}
        for packet in film.demux():
            if packet.size and packet.stream.index in found:
                moment = packet.pts * packet.time_base
                found[packet.stream.index].append((bytes(packet), moment))
    return list(found.values())
