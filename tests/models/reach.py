"""How far a network sees, measured against what it claims."""

import numpy as np
from keras import ops


def check_reach(network):
    """One changed LR pixel is seen exactly `radius` LR pixels away, and no farther.

    All kernels become means of what they see, so that nothing is lost in a ReLU.
    """
    for weight in network.trainable_weights:
        mean = 1 / np.prod(weight.shape[:-1]) if len(weight.shape) > 1 else 0.0
        weight.assign(np.full(weight.shape, mean))
    side = 2 * network.radius + 5
    lr = np.zeros((1, side, side, network.channels), np.float32)
    before = ops.convert_to_numpy(network(lr))
    centre = side // 2
    lr[:, centre, centre] = 1.0
    seen = ops.convert_to_numpy(network(lr)) != before
    for axis in (1, 2):
        others = tuple({0, 1, 2, 3} - {axis})
        lines = np.flatnonzero(seen.any(axis=others)) // network.scale
        assert (lines.min(), lines.max()) == (
            centre - network.radius,
            centre + network.radius,
        )
