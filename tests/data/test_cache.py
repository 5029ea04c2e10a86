"""The file that keeps levels, beside other runs and after killed ones."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data.cache import map_levels, write_levels
from srkit.errors import OutputError

fcntl = pytest.importorskip("fcntl", reason="locks are those of POSIX")


@pytest.fixture
def levels(rng):
    """Three levels, each more than a buffer of what is written."""
    pixels = rng.integers(0, 255, (3, 96, 96, 3), dtype=np.uint8)
    return [(hr[::2, ::2].copy(), hr, index) for index, hr in enumerate(pixels)]


def assert_kept(target, levels):
    for kept, level in zip(map_levels(target), levels, strict=True):
        np.testing.assert_array_equal(kept[0], level[0])
        np.testing.assert_array_equal(kept[1], level[1])
        assert kept[2] == level[2]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_is_written_is_mapped(levels, tmp_path):
    assert map_levels(tmp_path / "new" / "key") is None
    write_levels(levels, tmp_path / "new" / "key")
    assert_kept(tmp_path / "new" / "key", levels)
    assert names(tmp_path / "new") == ["key.json", "key.pixels"]


def test_what_a_killed_run_left_is_removed(levels, tmp_path):
    for name in ("key.4711.part", "key.0f.part", "other.4711.part"):
        (tmp_path / name).write_bytes(b"half a level")
    write_levels(levels, tmp_path / "key")
    assert names(tmp_path) == ["key.json", "key.pixels", "other.4711.part"]


def test_what_another_run_is_writing_is_left_alone(levels, tmp_path):
    (tmp_path / "key.1.part").touch()  # opened, and not yet locked
    with (tmp_path / "key.2.part").open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(b"half a level")
        file.flush()
        write_levels(levels, tmp_path / "key")
        assert {"key.1.part", "key.2.part"} < set(names(tmp_path))


def test_two_runs_at_once_do_not_disturb_each_other(levels, tmp_path):
    def made():
        yield from levels[:2]
        write_levels(levels, tmp_path / "key")
        yield levels[2]

    write_levels(made(), tmp_path / "key")
    assert_kept(tmp_path / "key", levels)
    assert names(tmp_path) == ["key.json", "key.pixels"]


def test_a_file_system_without_locks(levels, tmp_path, monkeypatch):
    def refuse(file, operation):
        raise OSError("no locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    write_levels(levels, tmp_path / "key")
    assert_kept(tmp_path / "key", levels)


def test_a_failure_leaves_nothing_half_written(levels, tmp_path):
    def made():
        yield levels[0]
        raise OSError("disk full")

    with pytest.raises(OutputError, match=r"could not be written.*disk full"):
        write_levels(made(), tmp_path / "key")
    assert names(tmp_path) == []
