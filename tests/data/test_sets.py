"""Evaluation sets."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from srkit.data import load
from srkit.data.degradations import JPEG
from srkit.data.sets import held_out_generator
from srkit.errors import ArgumentError, DataError
from srkit.image.resampling import downscale
from srkit.metrics import Protocol


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


def test_degraded_pictures_depend_on_seed_and_name(write, photograph):
    image, other = photograph(64, 72), photograph(64, 72, seed=1)
    folder = write("mine", {"a.png": other, "b.png": image})
    fewer = write("fewer", {"b.png": image})

    def lr(folder, **options):
        return [pair.lr for pair in load(folder, scale=2, **options)][-1]

    first = lr(folder, degradation="cctv", seed=5)
    np.testing.assert_array_equal(first, lr(fewer, degradation="cctv", seed=5))
    assert not np.array_equal(first, lr(folder, degradation="cctv", seed=6))
    assert first.shape == lr(folder).shape
    assert 1 < np.abs(first - lr(folder).astype(float)).mean() < 40


def test_training_never_sees_what_is_measured(write, photograph):
    # The streams are apart even where key and counter look alike.
    key = np.array([3, zlib.crc32(b"b")], dtype=np.uint64)
    training = np.random.Philox(key=key, counter=1 << 192).random_raw(64)
    measured = held_out_generator(3, "b").bit_generator.random_raw(64)
    assert not set(training.tolist()) & set(measured.tolist())


def test_a_gray_picture_stays_gray(write, photograph):
    gray = photograph(48, 48)[..., 0]
    ((_, lr, hr),) = load(write("mine", {"a.png": gray}), scale=2, degradation="cctv")
    assert (lr.shape, hr.shape) == ((24, 24, 1), (48, 48, 1))
    ((_, _, same),) = load(write("mine", {"a.png": gray}), scale=2, degradation="jpeg")
    np.testing.assert_array_equal(same[..., 0], gray)


def test_the_protocol_names_degradation_and_seed(write, photograph):
    folder = write("mine", {"a.png": photograph(24, 24)})
    assert load(folder, scale=2).made == "bicubic"
    assert (
        load(folder, scale=2, degradation="cctv", seed=7).made == "bicubic+cctv.seed7"
    )
    own = load(folder, scale=2, degradation=JPEG(quality=50)).made
    assert own.startswith("bicubic+jpeg.")
    assert Protocol(shave=2, kernel=own).kernel == own
    assert load(folder, scale=2, degradation="realesrgan").made == "realesrgan.seed0"


def test_wrong_arguments(write, photograph):
    folder = write("mine", {"a.png": photograph(8, 8)})
    with pytest.raises(ArgumentError, match="`scale`"):
        load(folder, scale=0)
    with pytest.raises(ArgumentError, match="`kernel` must be one of"):
        load(folder, scale=2, kernel="cubic")
    with pytest.raises(ArgumentError, match="Did you mean 'cctv'"):
        load(folder, scale=2, degradation="cttv")
    with pytest.raises(ArgumentError, match="`seed`"):
        load(folder, scale=2, degradation="cctv", seed=-1)


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
