"""Copies are found, however they were made; other pictures are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from srkit.data.likeness import duplicates, fingerprint, overlaps
from srkit.image import luma, resize


@pytest.fixture
def prints(photograph):
    pictures = {f"{n}.png": photograph(seed=n) for n in range(5)}
    return [fingerprint(Path(name), pixels) for name, pixels in pictures.items()]


def changed(pixels, how, rng):
    return {
        "exact": lambda: pixels,
        "half the size": lambda: resize(pixels, scale=0.5),
        "noisy": lambda: (pixels + rng.integers(0, 9, pixels.shape)).astype(np.uint8),
        "darker": lambda: (pixels * 0.6).astype(np.uint8),
        "gray": lambda: luma(pixels.astype(float)).astype(np.uint8),
    }[how]()


def test_unlike_pictures_are_not_alike(prints):
    assert not list(duplicates(prints))
    assert not list(overlaps(prints[:2], prints[2:]))


@pytest.mark.parametrize("how", ["exact", "half the size", "noisy", "darker", "gray"])
def test_copies_are_found(prints, photograph, rng, how):
    pixels = np.clip(photograph(seed=2), 0, 240)
    copy = fingerprint(Path("copy.png"), changed(pixels, how, rng))
    (found,) = duplicates([*prints, copy])
    assert (found.first, found.second) == (Path("2.png"), Path("copy.png"))
    assert not found.turned


def test_the_same_pixels_are_told_apart_from_alike_ones(prints, photograph):
    exact = fingerprint(Path("copy.png"), photograph(seed=2))
    (found,) = duplicates([*prints, exact])
    assert found.exact
    (found,) = overlaps([exact], prints)
    assert found.exact


@pytest.mark.parametrize("turn", range(8))
def test_a_test_picture_is_found_in_every_position(prints, photograph, turn):
    pixels = np.rot90(photograph(seed=3), turn % 4)
    pixels = pixels[:, ::-1] if turn > 3 else pixels
    (found,) = overlaps([fingerprint(Path("mine.png"), pixels)], prints)
    assert found.second == Path("3.png")
    assert found.turned == (turn != 0)


def test_each_copy_is_named_once(photograph):
    same = [fingerprint(Path(name), photograph()) for name in ("a", "b", "c")]
    found = [(one.first.name, one.second.name) for one in duplicates(same)]
    assert found == [("a", "b"), ("a", "c")]


def test_flat_pictures_are_only_compared_exactly():
    flat = [np.full((40, 40, 3), shade, np.uint8) for shade in (10, 200, 10)]
    prints = [fingerprint(Path(str(n)), pixels) for n, pixels in enumerate(flat)]
    assert [(one.first.name, one.second.name) for one in duplicates(prints)] == [
        ("0", "2")
    ]


def test_a_set_does_not_overlap_with_itself(prints):
    assert not list(overlaps(prints, prints))
    assert not list(overlaps([], prints))


def test_the_known_copies_of_real_sets(datasets):
    from srkit.data.folders import find_pictures, read_pixels

    def remembered(name):
        files = find_pictures(datasets / name)
        return [fingerprint(file, read_pixels(file)) for file in files]

    (found,) = overlaps(remembered("test/set14"), remembered("test/set5"))
    assert (found.first.stem, found.second.stem) == ("face", "head")
    (found,) = duplicates(remembered("train/t91"))
    assert (found.first.stem, found.second.stem) == ("t36", "t65")
