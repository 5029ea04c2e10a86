"""What the metrics share: a mean with its protocol, of batches alone."""

import numpy as np
import pytest
from keras import ops

from srkit.errors import ImageError
from srkit.metrics.running import PictureMean, batch_of


class Brightness(PictureMean):
    quantity = "brightness"

    def measure(self, hr, sr):
        return ops.mean(sr, axis=(1, 2, 3))


def test_the_mean_carries_quantity_and_protocol():
    metric = Brightness(protocol="RGB")
    sr = np.stack([np.zeros((2, 2, 3)), np.ones((2, 2, 3))]).astype(np.float32)
    metric.update_state(sr, sr)
    metric.update_state(sr[1:], sr[1:])
    assert str(metric.score()) == "brightness 0.67 [RGB]"
    assert repr(metric) == "<Brightness name=brightness [RGB]>"


def test_only_batches_are_taken():
    with pytest.raises(ImageError, match=r"`sr` must be a batch .*\(2, 2, 3\)"):
        batch_of("sr", np.zeros((2, 2, 3)))
