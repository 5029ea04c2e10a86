"""Films out of films: nothing lost, nothing moved."""

from __future__ import annotations

from fractions import Fraction

import pytest

from srkit.inference import VideoUpscaler
from tests.inference.video.films import SamePlanes, decoded, make_film, packets

EXACT = {"codec": "ffv1"}


def enlarged(source, target, upscaler=None, **settings):
    settings = {"codec": "libx264", "crf": 0, **settings}
    span = {
        name: settings.pop(name)
        for name in ("start", "duration", "resume")
        if name in settings
    }
    return VideoUpscaler(upscaler or SamePlanes(), **settings)(source, target, **span)


FILMS = {
    "plain": {},
    "b-frames": {"options": {"bf": "3"}, "frames": 23},
    "no b-frames": {"options": {"bf": "0"}},
    "one frame": {"frames": 1},
    "variable rate": {
        "times": [0, 512, 1100, 3000, 3001, 9000, 9512],
        "time_base": Fraction(1, 12800),
    },
    "late start": {"times": range(100, 112), "options": {"bf": "2"}},
    "12 fps": {"rate": 12},
    "240 fps": {"rate": 240, "frames": 30},
    "ntsc": {"rate": Fraction(30000, 1001)},
    "sound": {"sounds": 1},
    "late sound": {"sounds": 1, "sound_start": 4800},
    "two sounds": {"sounds": 2},
    "4:4:4": {"pixel_format": "yuv444p"},
    "4:2:2": {"pixel_format": "yuv422p"},
    "gray": {"pixel_format": "gray"},
}


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
@pytest.mark.parametrize("name", FILMS)
def test_nothing_is_lost(name, suffix, tmp_path):
    source = make_film(tmp_path / "in.mp4", **FILMS[name])
    target = tmp_path / f"out{suffix}"
    report = enlarged(source, target)
    before, after = decoded(source), decoded(target)
    assert report.frames == len(before[0])
    assert after[1] == before[1]
    tick = Fraction(1, 2000) if suffix == ".mkv" else 0
    for then, now in zip(before[0], after[0], strict=True):
        assert abs(then - now) <= tick
    for then, now in zip(packets(source), packets(target), strict=True):
        assert [data for data, _ in then] == [data for data, _ in now]
        assert all(
            abs(a - b) <= tick * 2 for (_, a), (_, b) in zip(then, now, strict=True)
        )
    assert not (tmp_path / f"{target.name}.journal").exists()
