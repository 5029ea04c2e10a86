"""The contract, held against the finished film: nothing lost, nothing moved."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srkit.errors import VideoError
from srkit.inference.video.opening import end_of, open_film, video_of
from srkit.inference.video.rising import Rising

if TYPE_CHECKING:
    from srkit.inference.video.copies import Copies
    from srkit.inference.video.journal import Journal


def check_film(
    path: Path, journal: Journal, time_base: Fraction, copies: Copies
) -> list[str]:
    """Decodes the film and compares it with what had to be in it.

    Args:
        path: The film.
        journal: Its frames and their times.
        time_base: Seconds of one tick of those.
        copies: The other streams.

    Returns:
        What the container could not keep exactly.

    Raises:
        VideoError: If a frame, a time or a packet of sound is not what it must be.
    """
    said = _check_pictures(path, journal, time_base)
    _check_copies(path, copies)
    _check_sound(path, copies)
    return said


def _check_pictures(path: Path, journal: Journal, time_base: Fraction) -> list[str]:
    pts, durations = journal.times()
    with open_film(str(path)) as film:
        stream = video_of(film)
        stream.thread_type = "AUTO"
        tick, count, moved = stream.time_base, 0, Fraction(0)
        for image in film.decode(stream):
            if count < len(pts):
                away = abs(image.pts * tick - pts[count] * time_base)
                moved = max(moved, away)
                if away > tick / 2:
                    raise _broken(
                        f"frame {count} is shown at {float(image.pts * tick)} s, not "
                        f"at {float(pts[count] * time_base)} s"
                    )
            count += 1
        if count != len(pts):
            raise _broken(f"it has {count} frames, not {len(pts)}")
    _check_length(path, pts[-1] + durations[-1], time_base)
    if not moved:
        return []
    return [
        f"the container counts in {tick} s, so that times are up to "
        f"{float(moved) * 1000:.2g} ms off"
    ]


def _check_length(path: Path, ticks: int, time_base: Fraction) -> None:
    """Whether the last packet ends when the last frame must."""
    with open_film(str(path)) as film:
        stream = video_of(film)
        end = end_of(film, stream)
        if end is None:
            raise _broken("it does not say how long it is")
        away = abs(end * stream.time_base - ticks * time_base)
        if away > stream.time_base:
            raise _broken(
                f"it ends at {float(end * stream.time_base)} s, not at "
                f"{float(ticks * time_base)} s"
            )


def _check_copies(path: Path, copies: Copies) -> None:
    if copies.location is None or not copies.copied:
        return
    with open_film(copies.location) as source, open_film(str(path)) as film:
        streams = [
            source.streams[index]
            for index in copies.copied
            if source.streams[index].type == "audio"
        ]
        if not streams:
            return
        # All of them, because recordings laid end to end move together.
        all_of_them = [
            source.streams[other.index]
            for other in copies.others
            if other.type != "attachment"
        ]
        given = _digests(copies.taken(source, all_of_them, Rising()))
        outs = [film.streams[copies.copied[stream.index]] for stream in streams]
        taken = _digests(film.demux(*outs))
        for stream, out in zip(streams, outs, strict=True):
            _compare(given[stream.index], taken[out.index], stream, out, copies.shift)


def _check_sound(path: Path, copies: Copies) -> None:
    """Whether sound that was encoded anew begins and ends when it must."""
    sounds = {each.out.index: (name, each) for name, each in copies.sound.items()}
    if not sounds:
        return
    with open_film(str(path)) as film:
        spans: dict[int, tuple[Fraction, Fraction]] = {}
        for packet in film.demux(*(film.streams[index] for index in sounds)):
            if packet.size:
                begin = packet.pts * packet.time_base
                end = begin + (packet.duration or 0) * packet.time_base
                first, _ = spans.get(packet.stream.index, (begin, end))
                spans[packet.stream.index] = first, end
    for index, (name, sound) in sounds.items():
        if sound.begin is None:
            continue
        begin, end = spans.get(index, (Fraction(0), Fraction(0)))
        if max(abs(begin - sound.begin), abs(end - sound.end)) > sound.slack:
            raise _broken(
                f"stream {name} (audio) lasts from {float(begin):.3f} s to "
                f"{float(end):.3f} s, not from {float(sound.begin):.3f} s to "
                f"{float(sound.end):.3f} s"
            )


Told = list[tuple[bytes, int]]


def _digests(packets: Iterator[Any]) -> dict[int, Told]:
    """Hash and time of each packet of sound, by stream."""
    found: dict[int, Told] = defaultdict(list)
    for packet in packets:
        if packet.size and packet.stream.type == "audio":
            time = packet.dts if packet.pts is None else packet.pts
            found[packet.stream.index].append((_digest(packet), time))
    return found


def _digest(packet: Any) -> bytes:
    data = bytes(packet)
    if packet.stream.codec_context.name == "aac" and _is_adts(data):
        # The header that MPEG-TS puts before each packet, and MP4 into its index.
        data = data[7 if data[1] & 1 else 9 :]
    return hashlib.blake2b(data, digest_size=16).digest()


def _is_adts(data: bytes) -> bool:
    return len(data) > 9 and data[0] == 0xFF and data[1] & 0xF6 == 0xF0


def _compare(given: Told, taken: Told, stream: Any, out: Any, shift: Fraction) -> None:
    name = f"stream {stream.index} ({stream.type})"
    if len(given) != len(taken):
        raise _broken(f"{name} has {len(taken)} packets, not {len(given)}")
    tick = max(stream.time_base, out.time_base)
    for index, (before, after) in enumerate(zip(given, taken, strict=True)):
        if before[0] != after[0]:
            raise _broken(f"packet {index} of {name} is not the source's")
        away = before[1] * stream.time_base - shift - after[1] * out.time_base
        if abs(away) > tick:
            raise _broken(f"packet {index} of {name} is {float(away)} s out of step")


def _broken(what: str) -> VideoError:
    return VideoError(
        f"The film that was written is not what it must be: {what}. It was not put in "
        "its place; its segments are kept."
    )
