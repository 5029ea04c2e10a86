"""In which form figures are given."""

import numpy as np
from keras import ops

from srkit.metrics import Score
from srkit.metrics.figures import figures

PICTURE = np.zeros((4, 4, 3), np.uint8)
NAMED = {"quantity": "PSNR", "protocol": "RGB"}


def test_one_array_gives_scores_that_know_what_they_are():
    score = figures(ops.array([2.5]), PICTURE, **NAMED)
    assert score == Score(2.5, **NAMED)
    several = figures(ops.array([[1.0, 2.0, 3.0]]), PICTURE, **NAMED)
    assert several == [Score(value, **NAMED) for value in (1.0, 2.0, 3.0)]


def test_a_batch_of_arrays_gives_an_array():
    values = figures(ops.array([1.0, 2.0]), np.stack([PICTURE] * 2), **NAMED)
    assert isinstance(values, np.ndarray)
    assert values.tolist() == [1.0, 2.0]


def test_a_tensor_among_them_gives_a_tensor():
    picture = ops.convert_to_tensor(PICTURE)
    value = figures(ops.array([2.5]), PICTURE, picture, **NAMED)
    assert not isinstance(value, (np.ndarray, Score))
    assert tuple(value.shape) == ()
    values = figures(ops.array([1.0, 2.0]), picture[None], **NAMED)
    assert ops.convert_to_numpy(values).tolist() == [1.0, 2.0]
