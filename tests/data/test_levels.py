"""Whole pictures: their LR, their sizes, and the file that keeps them."""

from __future__ import annotations

import os
from threading import Semaphore

import numpy as np
import pytest

from srkit.data import levels as room
from srkit.data.folders import find_pairs, read_rgb
from srkit.data.levels import make_levels
from srkit.errors import DataError, OutputError
from srkit.image.resampling import downscale, resize

SETTINGS = {"scale": 2, "kernel": "bicubic", "downsizes": (1.0, 0.6)}


def assert_equal(some, others):
    assert len(some) == len(others)
    for one, other in zip(some, others, strict=True):
        assert one.picture == other.picture
        np.testing.assert_array_equal(one.lr, other.lr)
        np.testing.assert_array_equal(one.hr, other.hr)


def test_lr_is_made_from_the_whole_picture(folder):
    files = find_pairs(folder)
    whole, smaller = make_levels(files, **SETTINGS)[:2]
    hr = read_rgb(files[0].hr)
    np.testing.assert_array_equal(whole.hr, hr)
    np.testing.assert_array_equal(whole.lr, downscale(hr, 2))
    shrunk = resize(hr, scale=0.6)[:28, :44]  # 29 x 44, cut to a multiple of 2
    np.testing.assert_array_equal(smaller.hr, shrunk)
    np.testing.assert_array_equal(smaller.lr, downscale(shrunk, 2))


def test_the_kernel_is_the_one_named(folder):
    files = find_pairs(folder)
    level = make_levels(files, scale=3, kernel="lanczos3", downsizes=(1.0,))[0]
    expected = downscale(read_rgb(files[0].hr), 3, kernel="lanczos3")
    np.testing.assert_array_equal(level.lr, expected)


def test_given_lr_is_taken_as_it_is(write, photograph):
    hr, lr = photograph(21, 33), photograph(10, 16, seed=1)
    files = find_pairs(write("hr", {"a.png": hr}), lr=write("lr", {"a.png": lr}))
    (level,) = make_levels(files, **{**SETTINGS, "downsizes": (1.0,)})
    np.testing.assert_array_equal(level.lr, lr)
    np.testing.assert_array_equal(level.hr, hr[:20, :32])


def test_given_lr_of_another_ratio(write, photograph):
    hr = write("hr", {"a.png": photograph(24, 36)})
    lr = write("lr", {"a.png": photograph(8, 12)})
    message = r"LR must be 1/2 of HR \(`scale`\), here 18x12.*a\.png of 12x8 for"
    with pytest.raises(DataError, match=message):
        make_levels(find_pairs(hr, lr=lr), **SETTINGS)


def test_the_disk_gives_what_memory_gives(folder, tmp_path, monkeypatch):
    files = find_pairs(folder)
    expected = make_levels(files, **SETTINGS)
    cache = tmp_path / "new" / "cache"
    assert_equal(make_levels(files, **SETTINGS, cache=cache), expected)
    monkeypatch.setattr(room, "read_rgb", None)  # the second time nothing is read
    again = make_levels(files, **SETTINGS, cache=cache)
    assert_equal(again, expected)
    assert not again[0].hr.flags.owndata
    assert sorted(path.suffix for path in cache.iterdir()) == [".json", ".pixels"]


@pytest.mark.parametrize("change", ["kernel", "pixels", "scale"])
def test_the_cache_knows_its_files_and_settings(folder, tmp_path, photograph, change):
    settings = dict(SETTINGS)
    make_levels(find_pairs(folder), **settings, cache=tmp_path / "cache")
    if change == "kernel":
        settings["kernel"] = "box"
    elif change == "scale":
        settings["scale"] = 3
    else:
        os.utime(folder / "0.png", (1, 1))
    files = find_pairs(folder)
    cached = make_levels(files, **settings, cache=tmp_path / "cache")
    assert_equal(cached, make_levels(files, **settings))
    assert len(list((tmp_path / "cache").iterdir())) == 4


def test_the_cache_tells_folders_apart(write, tmp_path):
    for folder, value in (("a", 10), ("b", 200)):
        path = write(folder, {"000.bmp": np.full((24, 24, 3), value, np.uint8)})
        os.utime(path / "000.bmp", (1, 1))
    for folder, value in (("a", 10), ("b", 200), ("a", 10)):
        files = find_pairs(tmp_path / folder)
        level = make_levels(files, **SETTINGS, cache=tmp_path / "cache")[0]
        assert (level.hr == value).all()


def test_the_cache_knows_a_folder_however_it_is_called(folder, tmp_path, monkeypatch):
    make_levels(find_pairs(folder), **SETTINGS, cache=tmp_path / "cache")
    monkeypatch.chdir(tmp_path)
    make_levels(find_pairs(folder.name), **SETTINGS, cache="cache")
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_cache_that_is_not_whole_is_made_anew(folder, tmp_path):
    files = find_pairs(folder)
    expected = make_levels(files, **SETTINGS, cache=tmp_path / "cache")
    (pixels,) = (tmp_path / "cache").glob("*.pixels")
    expected = [
        level._replace(lr=level.lr.copy(), hr=level.hr.copy()) for level in expected
    ]
    pixels.write_bytes(pixels.read_bytes()[:-1])
    assert_equal(make_levels(files, **SETTINGS, cache=tmp_path / "cache"), expected)


def test_a_failure_leaves_nothing_half_written(folder, tmp_path):
    (folder / "9.png").write_bytes(b"")
    with pytest.raises(DataError, match=r"9\.png"):
        make_levels(find_pairs(folder), **SETTINGS, cache=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_cache_that_cannot_be_written(folder, tmp_path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(OutputError, match="cache could not be written"):
        make_levels(find_pairs(folder), **SETTINGS, cache=tmp_path / "cache")


def test_few_pictures_are_made_ahead_of_a_slow_one(monkeypatch):
    monkeypatch.setattr(room.os, "cpu_count", lambda: 2)
    made, pixels = Semaphore(0), np.zeros((2, 2, 3), np.uint8)
    beside_the_first = []

    def make(index):
        if index == 0:
            assert all(made.acquire(timeout=10) for _ in range(3))
            # Were there more to make, the other thread would be making them now.
            beside_the_first.append(made.acquire(timeout=0.2))
        made.release()
        return [(pixels, pixels)]

    levels = list(room._made(range(40), make))
    assert [level.picture for level in levels] == list(range(40))
    assert beside_the_first == [False]


def test_too_much_for_memory(folder, monkeypatch):
    monkeypatch.setattr(room, "available_bytes", lambda: 1000)
    with pytest.raises(DataError, match="Pass `cache`"):
        make_levels(find_pairs(folder), **SETTINGS)
