from __future__ import annotations

import pytest

from srkit.bench.arithmetic import matmul_peak, operations_per_pixel
from srkit.export import fuse_closing_layers
from srkit.models import EDSR


def test_operations_of_the_baseline_are_the_papers():
    # 114.2 GMACs for an output of 1280 x 720, as the field's tables have it.
    network = EDSR(scale=4)
    macs = operations_per_pixel(network) / 2 * (320 * 180)
    assert macs == pytest.approx(114.2e9, rel=0.01)


def test_merged_tail_is_counted():
    network = EDSR(scale=2, filters=8, num_blocks=1, interpolated=True)
    body = 2 * 9 * (3 * 8 + 3 * 8 * 8)
    assert operations_per_pixel(network) == body + 2 * 9 * (8 * 32 + 4 * 8 * 3)
    merged = operations_per_pixel(fuse_closing_layers(network))
    assert merged == body + 2 * 25 * 8 * 12


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_peak_is_a_speed(dtype):
    assert matmul_peak(dtype, sizes=(32, 64), repeats=2) > 0
