"""Luma by the network, colours by interpolation: pictures, and planes of video."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

import srkit.data
import srkit.image
from srkit.errors import ArgumentError, ImageError
from srkit.image import resize
from srkit.inference import LumaUpscaler, Upscaler, VideoUpscaler
from srkit.models import CReLUNet
from tests.inference.conftest import BicubicNetwork


@pytest.fixture
def upscaler():
    return LumaUpscaler(BicubicNetwork(channels=1))


def bicubic(plane, bits):
    """What a bicubic network and one rounding give."""
    top = 2**bits - 1
    values = np.clip(resize(plane.astype(np.float64), scale=2), 0, top)
    return np.floor(values + 0.5).astype(plane.dtype)


@pytest.mark.parametrize("chroma", [(12, 10), (24, 10), (24, 20), (1, 1)])
@pytest.mark.parametrize(("dtype", "bits"), [("uint8", 8), ("uint16", 10)])
def test_planes_of_any_subsampling(upscaler, rng, chroma, dtype, bits):
    sizes = ((24, 20), chroma, chroma)
    planes = [rng.integers(0, 2**bits, size).astype(dtype) for size in sizes]
    larger = upscaler.enlarge_planes(*planes, bits=bits)
    for plane, sr in zip(planes, larger, strict=True):
        assert sr.dtype == dtype
        difference = np.abs(sr.astype(int) - bicubic(plane, bits)).max()
        assert difference <= 1  # the rounding of a half
        assert sr.max() < 2**bits


@pytest.mark.parametrize("left", [False, True])
def test_chroma_stays_where_it_lies(upscaler, left):
    """A slope across the picture is the same slope in luma and in chroma."""
    luma = np.tile(np.arange(64, dtype=np.uint16) * 64, (16, 1))
    sited = luma[::2, ::2] if left else (luma[::2, ::2] + luma[::2, 1::2]) // 2
    y, cb, _ = upscaler.enlarge_planes(luma, sited, sited, left=left)
    larger = y[::2, ::2] if left else (y[::2, ::2] + y[::2, 1::2]) // 2
    inner = np.s_[:, 8:-8]
    assert np.abs(larger[inner].astype(int) - cb[inner].astype(int)).max() <= 1


@pytest.mark.parametrize("bits", [10, 12, 16])
def test_the_ends_of_the_range_stay(upscaler, bits):
    for level in (0, 2**bits - 1):
        plane = np.full((9, 8), level, np.uint16)
        for sr in upscaler.enlarge_planes(plane, plane, plane, bits=bits):
            assert (sr == level).all()


def test_gray_footage_has_one_plane(upscaler, rng):
    (sr,) = upscaler.enlarge_planes(rng.integers(0, 256, (5, 7), np.uint8))
    assert sr.shape == (10, 14)


def test_pictures_go_through_as_through_upscaler(upscaler, picture):
    expected = Upscaler(upscaler.model)(picture)
    np.testing.assert_array_equal(upscaler(picture), expected)


def test_frames_on_several_threads(rng):
    upscaler = LumaUpscaler(CReLUNet(filters=2, num_blocks=2))
    frames = [rng.integers(0, 256, (16, 12), np.uint8) for _ in range(8)]
    alone = [upscaler.enlarge_planes(frame)[0] for frame in frames]
    with ThreadPoolExecutor(4) as pool:
        together = pool.map(upscaler.enlarge_planes, frames)
    for (one,), other in zip(together, alone, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    "plane",
    [
        np.zeros((2, 2, 1), np.uint8),
        np.zeros((2, 2), np.uint16),
        np.zeros((2, 2), np.float32),
    ],
)
def test_planes_that_are_none(upscaler, plane):
    with pytest.raises(ImageError, match=r"Planes must be.*Received"):
        upscaler.enlarge_planes(np.zeros((4, 4), np.uint8), plane)


def test_films_take_the_planes_unless_another_size_is_wished(tmp_path):
    folder = CReLUNet(filters=2, num_blocks=1).save_preset(tmp_path / "luma")
    for options, kind in ((None, LumaUpscaler), ({"scale": 3}, Upscaler)):
        made = VideoUpscaler.from_preset(folder, options=options)
        assert type(made.upscaler) is kind


def test_a_network_for_colour_is_refused():
    with pytest.raises(ArgumentError, match=r"one channel.*Received.*use Upscaler"):
        LumaUpscaler(BicubicNetwork())


@pytest.mark.parametrize("shuffle", [False, True])
def test_what_runs_is_within_a_level_of_the_plain_graph(shuffle, picture):
    """Merged, and in bfloat16 where this machine computes it; random weights."""
    keras.utils.set_random_seed(1)
    network = CReLUNet(shuffle=shuffle, interpolated=True)
    _check_within_a_level(network, picture[..., 0])


@pytest.mark.parametrize("name", ["lineart_x2_fast"])
def test_presets_are_within_a_level_of_the_plain_graph(datasets, name):
    """On line art; in bfloat16 where this machine computes it."""
    network = CReLUNet.from_preset(name)
    for pair in srkit.data.load(datasets / "lineart" / "val", scale=2):
        _check_within_a_level(network, pair.lr[..., 1])


def _check_within_a_level(network, y):
    sr, *_ = LumaUpscaler(network).enlarge_planes(y)
    plain = network(srkit.image.to_network(y)[None, ..., None])
    wanted = srkit.image.from_network(np.asarray(plain))[0, ..., 0]
    assert np.abs(sr.astype(int) - wanted).max() <= 1
