"""Films that are read from a time on: no frame of the span is lost."""

from __future__ import annotations

from fractions import Fraction

import av
import pytest

from srkit.inference.video.reader import Reader
from srkit.inference.video.source import Source
from tests.inference.video.films import decoded, make_film, planes_of_frame


def taken(path, **span):
    """The pictures of a span, and what was said."""
    source = Source(str(path), **span)
    pictures = [planes_of_frame(frame.image) for frame in source.frames()]
    source.close()
    return pictures, source.said


@pytest.mark.parametrize("group", ["10", "50", "100"])
@pytest.mark.parametrize(
    ("codec", "suffix"),
    [("libx264", ".ts"), ("mpeg2video", ".mpg"), ("libx264", ".mkv"), ("mpeg4", ".ts")],
)
def test_a_span_loses_no_frame(codec, suffix, group, tmp_path):
    path = make_film(
        tmp_path / f"in{suffix}", codec=codec, frames=100, options={"g": group}
    )
    times, pictures = decoded(path)
    begin = Fraction(12, 5)
    with av.open(str(path)) as film:
        begin += Fraction(film.start_time or 0, 1_000_000)
    expected = [
        picture for time, picture in zip(times, pictures, strict=True) if time >= begin
    ]
    assert 39 <= len(expected) <= 40
    assert taken(path, start=2.4) == (expected, [])


def test_a_short_broadcast_has_its_frames(tmp_path):
    path = make_film(tmp_path / "in.ts", frames=60)
    pictures, said = taken(path, start=1.0)
    assert (pictures, said) == (decoded(path)[1][25:], [])


def test_a_film_with_an_index_is_not_read_from_its_beginning(tmp_path):
    path = make_film(tmp_path / "in.mp4", frames=100, options={"g": "10"})
    reader = Reader(str(path))
    assert (reader.count(3.0, None), reader.count(3.0, 0.5)) == (25, 12)
    frames = list(reader.frames(Fraction(3)))
    assert [frame.pts * reader.tick for frame in frames] == [
        Fraction(index, 25) for index in range(50, 100)
    ]
    reader.close()
