"""Sizes, factors, bits and gray."""

from __future__ import annotations

import numpy as np
import pytest

import srkit
from srkit.errors import (
    ArgumentError,
    MemoryBudgetError,
    PresetNotFoundError,
)
from srkit.image.resampling import resize
from srkit.inference import Upscaler, upscale
from tests.inference.conftest import BicubicNetwork
from tests.training import duels


def enlarged(pixels, size, top):
    """What a bicubic network and one rounding give."""
    values = np.clip(resize(pixels.astype(np.float64) / top, size), 0, 1)
    return np.floor(values * top + 0.5).astype(pixels.dtype)


def close(a, b, levels=1):
    return np.abs(a.astype(int) - b.astype(int)).max() <= levels


def test_uint8_goes_straight_through_the_network(network, picture):
    sr = Upscaler(network)(picture)
    assert sr.dtype == np.uint8
    assert close(sr, enlarged(picture, (48, 40), 255))


def test_of_what_trains_a_gan_the_generator_enlarges(picture):
    assert Upscaler(duels.trainer())(picture).shape == (48, 40, 3)


def test_sixteen_bits_keep_all_levels(network, rng):
    levels = rng.integers(0, 65536, (24, 20, 3), dtype=np.uint16)
    assert close(Upscaler(network)(levels), enlarged(levels, (48, 40), 65535))
    ramp = np.repeat(np.arange(300, 364, dtype=np.uint16)[None], 8, axis=0)
    assert len(np.unique(Upscaler(network)(ramp))) == 64


def test_sixteen_bits_are_computed_in_float32(monkeypatch):
    monkeypatch.setattr(
        "srkit.inference.upscaler.resolve_precision", lambda wanted: "bfloat16"
    )
    upscaler = Upscaler(srkit.models.EDSR(scale=2, filters=8, num_blocks=1))
    dtypes = [np.dtype(kind) for kind in ("uint8", "uint16", "float32")]
    used = [upscaler._engine(dtype).precision for dtype in dtypes]
    assert used == ["bfloat16", "float32", "float32"]


def test_gray_stays_gray(network, picture):
    gray = picture[..., 0]
    sr = Upscaler(network)(gray)
    assert sr.shape == (48, 40)
    assert close(sr, enlarged(gray, (48, 40), 255))


def test_luma_network_takes_gray_and_colour(picture):
    upscaler = Upscaler(BicubicNetwork(channels=1))
    assert close(upscaler(picture[..., 0]), enlarged(picture[..., 0], (48, 40), 255))
    assert close(upscaler(picture), enlarged(picture, (48, 40), 255))


@pytest.mark.parametrize(
    ("option", "size"),
    [
        ({"scale": 1}, (24, 20)),
        ({"scale": 1.5}, (36, 30)),
        ({"scale": 3}, (72, 60)),
        ({"scale": 3.5}, (84, 70)),
        ({"scale": 8}, (192, 160)),
        ({"scale": 0.5}, (12, 10)),
        ({"width": 33}, (40, 33)),
        ({"width": 20}, (24, 20)),
    ],
)
def test_any_factor(network, picture, option, size):
    sr = Upscaler(network, **option)(picture)
    assert sr.shape == (*size, 3)
    assert sr.dtype == np.uint8


def test_odd_factor_is_rounded_once(network, picture):
    values = picture / np.float32(255)
    for size in ((48, 40), (96, 80), (72, 60)):
        values = np.clip(resize(values, size), 0, 1)
    sr = Upscaler(network, scale=3)(picture)
    expected = np.floor(values * 255 + 0.5).astype(np.uint8)
    assert close(sr, expected)
    assert (sr == expected).mean() > 0.999


def test_thin_pictures(network):
    assert Upscaler(network)(np.zeros((1, 1, 3), np.uint8)).shape == (2, 2, 3)
    assert Upscaler(network)(np.zeros((1, 500), np.uint8)).shape == (2, 1000)
    assert Upscaler(network, scale=0.1)(np.zeros((1, 5), np.uint8)).shape == (1, 1)


@pytest.mark.parametrize(
    "options",
    [
        {"scale": 0},
        {"scale": -2},
        {"scale": float("nan")},
        {"scale": 1000},
        {"width": 0},
        {"scale": 2, "width": 40},
        {"memory": 0},
        {"tile": 0},
        {"precision": "float8"},
    ],
)
def test_wrong_options(network, options):
    with pytest.raises(ArgumentError, match="Received"):
        Upscaler(network, **options)


def test_result_beyond_the_memory_is_refused(network, monkeypatch, picture):
    monkeypatch.setattr("srkit.inference.room.available_bytes", lambda: 10_000)
    Upscaler(network)(picture)
    for scale in (3, 20):
        with pytest.raises(MemoryBudgetError, match="GiB"):
            Upscaler(network, scale=scale)(picture)
    monkeypatch.setattr("srkit.inference.room.available_bytes", lambda: 1_000)
    with pytest.raises(MemoryBudgetError, match="40x48"):
        Upscaler(network)(picture)


def test_upscale_keeps_the_network(network, picture, monkeypatch):
    loaded = []

    def load(preset):
        loaded.append(preset)
        return network

    monkeypatch.setattr("srkit.inference.upscaler.SuperResolver.from_preset", load)
    srkit.inference.upscaler._kept.cache_clear()
    for _ in range(2):
        assert upscale(picture, preset="any").shape == (48, 40, 3)
    assert loaded == ["any"]
    srkit.inference.upscaler._kept.cache_clear()


def test_preset_that_is_not_there():
    with pytest.raises(PresetNotFoundError, match="nowhere"):
        Upscaler.from_preset("nowhere")


def test_preset_folder(tmp_path, picture):
    srkit.models.EDSR(scale=2, filters=8, num_blocks=1).save_preset(tmp_path / "p")
    assert upscale(picture, preset=tmp_path / "p").shape == (48, 40, 3)
    assert srkit.upscale(picture, preset=tmp_path / "p", scale=3).shape == (72, 60, 3)
