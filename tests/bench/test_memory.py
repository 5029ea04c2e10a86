from __future__ import annotations

import shutil
import sys

import numpy as np
import pytest
from PIL import Image

from srkit.bench.memory import peak_bytes, peak_resident_gib
from srkit.errors import MemoryBudgetError
from srkit.models import EDSR
from tests.conftest import draw_picture


def test_peak_of_this_process():
    ballast = np.ones(2**24, np.uint8)
    assert peak_bytes() > ballast.nbytes


@pytest.mark.slow
def test_peak_of_a_process_of_its_own(tmp_path):
    preset = EDSR(scale=2, filters=8, num_blocks=1).save_preset(tmp_path / "tiny")
    Image.fromarray(draw_picture()).save(tmp_path / "in.png")
    paths = tmp_path / "in.png", tmp_path / "out.png"
    assert 0.1 < peak_resident_gib(*paths, preset=str(preset)) < 2
    assert (tmp_path / "out.png").is_file()


def test_process_that_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(MemoryBudgetError, match="killed"):
        peak_resident_gib(tmp_path / "i.png", tmp_path / "o.png", preset="nothing")
