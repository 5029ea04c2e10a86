"""Each kind of picture comes out as the kind it was."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from srkit.errors import ArgumentError, ImageError, UnreadableImageError
from srkit.image.files import Picture
from srkit.inference import Upscaler


@pytest.fixture(scope="module")
def upscaler(network):
    return Upscaler(network)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float16", "float32", "float64"])
@pytest.mark.parametrize("shape", [(6, 5), (6, 5, 1), (6, 5, 2), (6, 5, 3), (6, 5, 4)])
def test_arrays(upscaler, rng, dtype, shape):
    array = rng.uniform(0, 1, shape)
    array = (array if "float" in dtype else array * np.iinfo(dtype).max).astype(dtype)
    sr = upscaler(array)
    assert (sr.dtype, sr.shape) == (array.dtype, (12, 10, *shape[2:]))


def test_batches(upscaler, rng):
    batch = rng.integers(0, 256, (3, 6, 5, 3), dtype=np.uint8)
    sr = upscaler(batch)
    assert sr.shape == (3, 12, 10, 3)
    np.testing.assert_array_equal(sr[1], upscaler(batch[1]))


def test_array_is_not_changed_nor_need_it_be_contiguous(upscaler, picture):
    view = picture[::-1, ::2]
    before = picture.copy()
    np.testing.assert_array_equal(upscaler(view), upscaler(view.copy()))
    np.testing.assert_array_equal(picture, before)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (np.zeros(5, np.uint8), r"shape=\(5,\)"),
        (np.zeros((1, 1, 5, 5, 3), np.uint8), "shape"),
        (np.zeros((3, 24, 20), np.uint8), "channels"),
        (np.zeros((0, 5, 3), np.uint8), "at least one pixel"),
        (np.zeros((5, 5, 3), np.int64), "dtype=int64"),
        (np.zeros((5, 5, 3), bool), "dtype=bool"),
        (np.full((5, 5, 3), np.nan), "NaN"),
        (np.full((5, 5, 3), np.inf, np.float32), r"\[0, 1\]"),
        (np.full((5, 5, 3), 200.0), r"\[0, 1\]"),
        (np.full((5, 5, 3), -1.0), r"\[0, 1\]"),
    ],
)
def test_wrong_arrays(upscaler, wrong, message):
    with pytest.raises(ImageError, match=message) as error:
        upscaler(wrong)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("wrong", [None, 5, [[1, 2]], {"image": 1}])
def test_what_is_no_picture(upscaler, wrong):
    with pytest.raises(ArgumentError, match="Received"):
        upscaler(wrong)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_tensors(upscaler, picture, dtype):
    pixels = picture if dtype == "uint8" else (picture / 255).astype(dtype)
    tensor = keras.ops.convert_to_tensor(pixels)
    sr = upscaler(tensor)
    assert type(sr).__module__ == type(tensor).__module__
    assert keras.backend.standardize_dtype(sr.dtype) == dtype
    np.testing.assert_array_equal(np.asarray(sr), upscaler(pixels))


def test_torch_tensors_that_require_a_gradient(upscaler, picture):
    torch = pytest.importorskip("torch")
    pixels = (picture / 255).astype(np.float32)
    sr = upscaler(torch.from_numpy(pixels).requires_grad_())
    assert not sr.requires_grad
    np.testing.assert_array_equal(sr.numpy(), upscaler(pixels))


def test_torch_tensors_come_back_to_their_device(upscaler, picture, monkeypatch):
    torch = pytest.importorskip("torch")
    moved = []
    real = torch.Tensor.to
    monkeypatch.setattr(
        torch.Tensor,
        "to",
        lambda self, device: moved.append(device) or real(self, device),
    )
    tensor = torch.from_numpy(picture)
    upscaler(tensor)
    assert moved == [tensor.device]


def test_path_gives_a_picture(upscaler, picture_folder):
    path = picture_folder / "0.png"
    for source in (path, str(path)):
        sr = upscaler(source)
        assert isinstance(sr, Picture)
        assert sr.pixels.shape == (96, 120, 3)
    again = upscaler(sr)
    assert again.pixels.shape == (192, 240, 3)
    assert again.metadata == sr.metadata


def test_unreadable_path(upscaler, tmp_path):
    page = tmp_path / "page.png"
    page.write_text("<html>not found</html>")
    for path in (page, tmp_path / "absent.png", Path()):
        with pytest.raises(UnreadableImageError):
            upscaler(path)
