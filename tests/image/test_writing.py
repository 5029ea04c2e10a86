"""Writing: the whole file or none, whatever goes wrong on the way."""

from __future__ import annotations

import errno
import os
import resource
from pathlib import Path

import numpy as np
import pytest

from srkit.errors import ArgumentError, OutputError
from srkit.image import Picture, read_picture, write_whole


@pytest.fixture
def noisy():
    """A picture whose file is some 30 kB."""
    rng = np.random.default_rng(0)
    return Picture(rng.integers(0, 256, (100, 100, 3), np.uint8))


def left_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, noisy):
    path = tmp_path / "out.png"
    path.write_bytes(b"before")
    _, hard = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OutputError, match="cannot be written: File too large"):
            noisy.save(path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == b"before"
    assert left_in(tmp_path) == ["out.png"]


@pytest.mark.parametrize(
    ("code", "cure"),
    [
        (errno.ENOSPC, "No space left on device. Free some space"),
        (errno.EACCES, "Permission denied. Choose a folder that you may write to"),
        (errno.EROFS, "Read-only file system. Choose a folder"),
    ],
)
def test_errors_of_the_system_come_with_a_cure(
    tmp_path, noisy, monkeypatch, code, cure
):
    def fail(self, target):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OutputError, match=cure) as caught:
        noisy.save(tmp_path / "out.png")
    assert "\n" not in str(caught.value)
    assert left_in(tmp_path) == []


def test_an_interrupt_leaves_nothing(tmp_path, noisy, monkeypatch):
    def interrupt(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        noisy.save(tmp_path / "out.png")
    assert left_in(tmp_path) == []


def test_places_that_cannot_be_written(tmp_path, noisy):
    (tmp_path / "file").touch()
    (tmp_path / "folder.png").mkdir()
    for path, reason in {
        "none/out.png": "No such file or directory. Create its folder first",
        "file/out.png": "Not a directory. Choose another folder",
        "folder.png": "it is no regular file. Name a file",
        "x" * 300 + ".png": "File name too long. Choose a shorter name",
    }.items():
        with pytest.raises(OutputError, match=reason):
            noisy.save(tmp_path / path)
    assert left_in(tmp_path) == ["file", "folder.png"]


def test_long_names_need_no_longer_ones_beside_them(tmp_path, noisy):
    path = tmp_path / ("x" * 251 + ".png")
    noisy.save(path)
    assert left_in(tmp_path) == [path.name]


@pytest.mark.parametrize("quality", [0, 101, -5])
def test_quality_out_of_range_is_refused(tmp_path, noisy, quality):
    with pytest.raises(ArgumentError, match=rf"1\.\.100\. Received: {quality}"):
        noisy.save(tmp_path / "out.jpg", quality=quality)
    assert left_in(tmp_path) == []


def test_permissions_are_as_usual_and_are_kept(tmp_path, noisy):
    usual = tmp_path / "usual"
    usual.touch()
    path = tmp_path / "out.png"
    noisy.save(path)
    assert path.stat().st_mode == usual.stat().st_mode
    path.chmod(0o640)
    noisy.save(path)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_is_followed(tmp_path, noisy):
    (tmp_path / "target.png").touch()
    link = tmp_path / "link.png"
    link.symlink_to("target.png")
    noisy.save(link)
    assert link.is_symlink()
    assert read_picture(tmp_path / "target.png").width == 100


def test_any_file_is_written_whole(tmp_path):
    write_whole(tmp_path / "notes.json", b"{}")
    write_whole(str(tmp_path / "notes.json"), b"[]")
    assert (tmp_path / "notes.json").read_bytes() == b"[]"
