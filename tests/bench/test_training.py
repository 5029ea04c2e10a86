from __future__ import annotations

import numpy as np
import pytest

from srkit.bench.pictures import write_pictures
from srkit.bench.training import measure_training
from srkit.models import EDSR

pytestmark = pytest.mark.tensorflow


def test_step_and_stall(tmp_path):
    write_pictures(tmp_path, count=2, side=48)
    model = EDSR(scale=2, filters=8, num_blocks=1)
    before = model.get_weights()
    time = measure_training(model, tmp_path, crop=16, batch_size=2, steps=2)
    assert time.step_seconds > 0
    assert 0 <= time.stall < 1
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
