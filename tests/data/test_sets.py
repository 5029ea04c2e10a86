"""Evaluation sets."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data import load
from srkit.errors import ArgumentError, DataError
from srkit.image.resampling import downscale


def test_pictures_come_by_name_with_their_lr(write, photograph):
    first, second = photograph(25, 31), photograph(24, 24)[..., 0]
    folder = write("Mine", {"b.png": second, "a.png": first})
    pictures = load(folder, scale=3)
    assert (pictures.name, pictures.scale, pictures.kernel) == ("Mine", 3, "bicubic")
    assert len(pictures) == 2
    for _ in range(2):
        (name, lr, hr), gray = pictures
        assert name == "a"
        np.testing.assert_array_equal(hr, first[:24, :30])
        np.testing.assert_array_equal(lr, downscale(hr, 3))
        assert gray.hr.shape == (24, 24, 1)
        assert gray.lr.shape == (8, 8, 1)


def test_the_kernel_is_the_one_named(write, photograph):
    folder = write("mine", {"a.png": photograph(24, 24)})
    ((_, lr, hr),) = load(folder, scale=2, kernel="lanczos3")
    np.testing.assert_array_equal(lr, downscale(hr, 2, kernel="lanczos3"))


def test_test_sets_come_first(write, photograph, monkeypatch, tmp_path):
    write("train/same", {"train.png": photograph(8, 8)})
    write("test/same", {"test.png": photograph(8, 8)})
    monkeypatch.setenv("SRKIT_DATASETS", str(tmp_path))
    pictures = load("Same", scale=2)
    assert pictures.name == "same"
    assert [picture.name for picture in pictures] == ["test"]


def test_a_picture_below_the_scale(write, photograph):
    folder = write("mine", {"a.png": photograph(2, 90)})
    with pytest.raises(DataError, match=r"`scale` \(=3\).*a\.png of 90x2"):
        list(load(folder, scale=3))


def test_wrong_arguments(write, photograph):
    folder = write("mine", {"a.png": photograph(8, 8)})
    with pytest.raises(ArgumentError, match="`scale`"):
        load(folder, scale=0)
    with pytest.raises(ArgumentError, match="`kernel` must be one of"):
        load(folder, scale=2, kernel="cubic")


@pytest.mark.parametrize(
    ("name", "count"), [("set5", 5), ("set14", 14), ("bsd100", 100)]
)
def test_the_standard_sets(datasets, name, count):
    if not (datasets / "test" / name).is_dir():
        pytest.skip(f"{name} is not there")
    assert len(load(name, scale=4)) == count


def test_bridge_stays_gray(datasets):
    shapes = {picture.name: picture.hr.shape for picture in load("set14", scale=4)}
    assert [name for name, shape in shapes.items() if shape[2] == 1] == ["bridge"]
