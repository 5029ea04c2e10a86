"""Ranges: exact round trips, rounding half up, and the same on arrays and tensors."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from srkit.errors import ImageError
from srkit.image import from_network, to_network


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_integers_survive_the_round_trip(dtype):
    every = np.arange(np.iinfo(dtype).max + 1, dtype=dtype)
    network = to_network(every)
    assert network.dtype == np.float32
    assert (network[0], network[-1]) == (-1, 1)
    np.testing.assert_array_equal(from_network(network, dtype), every)


def test_floats_are_unit_at_the_doors():
    unit = np.linspace(0, 1, 1001)
    network = to_network(unit)
    assert network.dtype == np.float32
    np.testing.assert_allclose(network, unit * 2 - 1, atol=1e-7)
    np.testing.assert_allclose(from_network(network, "float32"), unit, atol=1e-7)


def test_halves_round_up_and_the_rest_to_the_nearest():
    levels = np.arange(0, 255, dtype=np.float64)
    halves = ((levels + 0.5) / 127.5 - 1).astype(np.float32)
    below = ((levels + 0.499) / 127.5 - 1).astype(np.float32)
    exact = np.float32(0)  # 127.5, which float32 holds exactly
    assert from_network(np.array([exact]))[0] == 128
    assert np.abs(from_network(halves) - levels - 0.5).max() == 0.5
    np.testing.assert_array_equal(from_network(below), levels)


def test_what_leaves_the_range_is_clipped():
    wild = np.array([-np.inf, -3, -1, 1, 1.2, 1e30, np.inf], dtype=np.float32)
    np.testing.assert_array_equal(from_network(wild), [0, 0, 0, 255, 255, 255, 255])
    np.testing.assert_array_equal(from_network(wild, "float32"), [0, 0, 0, 1, 1, 1, 1])


def test_the_argument_is_left_as_it_was():
    image = np.linspace(-2, 2, 7, dtype=np.float32)
    before = image.copy()
    to_network(image)
    from_network(image, "float32")
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_tensors_give_what_arrays_give(dtype):
    from keras import ops

    rng = np.random.default_rng(0)
    network = rng.uniform(-1.2, 1.2, (5, 4, 3)).astype(np.float32)
    array = from_network(network, dtype)
    tensor = from_network(ops.convert_to_tensor(network), dtype)
    assert not isinstance(tensor, np.ndarray)
    np.testing.assert_allclose(ops.convert_to_numpy(tensor), array, atol=1e-7)
    there = to_network(ops.convert_to_tensor(array))
    there = ops.convert_to_numpy(there)
    np.testing.assert_allclose(there, to_network(array), atol=2e-7)


@pytest.mark.parametrize("dtype", [np.int32, np.bool_, np.uint32])
def test_other_types_are_refused_by_name(dtype):
    with pytest.raises(ImageError, match=rf"Received: dtype={np.dtype(dtype).name}"):
        to_network(np.zeros((2, 2, 3), dtype))


def test_integers_are_no_network_pixels():
    with pytest.raises(ImageError, match="`to_network`"):
        from_network(np.zeros((2, 2, 3), np.uint8))
    with pytest.raises(ImageError, match=r"`dtype`.*Received: dtype='int8'"):
        from_network(np.zeros((2, 2, 3), np.float32), "int8")


def test_arrays_need_no_backend():
    code = (
        "import sys, numpy as np; from srkit.image import to_network, luma\n"
        "luma(to_network(np.zeros((2, 2, 3), np.uint8)))\n"
        "sys.exit('keras' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
