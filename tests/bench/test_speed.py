"""The two figures of speed, on a network that is done at once."""

import pytest

from srkit.bench import speed
from srkit.inference import Upscaler
from srkit.models import EDSR


@pytest.fixture
def model():
    return EDSR(scale=2, filters=4, num_blocks=1)


def test_a_network_is_set_against_the_peak(model, monkeypatch):
    monkeypatch.setattr(speed, "matmul_peak", lambda dtype: 100.0)
    figures = {f.name: f for f in speed.network_speed(model, side=16, repeats=1)}
    alone, share = figures["network alone"], figures["share of the peak"]
    assert alone.value == pytest.approx(share.value)
    assert share.value > 0


def test_a_file_is_measured_to_the_end(model, tmp_path):
    figures, _ = speed.file_speed(Upscaler(model), tmp_path, side=16, repeats=1)
    assert figures[0].name == "srkit, whole file"
    assert figures[0].value > 0
    assert (tmp_path / "out.png").is_file()
