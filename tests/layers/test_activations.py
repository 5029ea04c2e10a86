import numpy as np
from keras import ops

from srkit.layers import ConcatenatedReLU
from tests.contracts import check_layer


def test_contract():
    check_layer(ConcatenatedReLU(), (2, 5, 4, 3))


def test_both_signs_are_kept_side_by_side():
    features = np.array([[[[2.0, -3.0]]]], np.float32)
    kept = ops.convert_to_numpy(ConcatenatedReLU()(features))
    assert kept.tolist() == [[[[2, 0, 0, 3]]]]
    np.testing.assert_array_equal(kept[..., :2] - kept[..., 2:], features)
