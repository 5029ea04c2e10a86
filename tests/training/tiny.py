"""A network and data that train in a second."""

from __future__ import annotations

import keras
import numpy as np

from srkit.models import EDSR

STEPS = 3
"""Steps of an epoch."""


def network(**options):
    return EDSR(scale=2, filters=4, num_blocks=1, **options)


def compiled(*, learning_rate=1e-3, **options):
    """Runs eagerly: tracing would take longer than the steps."""
    model = network(**options)
    optimizer = keras.optimizers.SGD(learning_rate, momentum=0.9)
    model.compile(optimizer=optimizer, loss="mae", run_eagerly=True)
    return model


def batch(index):
    """Batch of a step, a pure function of its number."""
    hr = np.random.default_rng(index).uniform(-1, 1, (2, 12, 12, 3))
    hr = hr.astype(np.float32)
    return hr.reshape(2, 6, 2, 6, 2, 3).mean((2, 4)), hr


class Batches(keras.utils.PyDataset):
    """Data that keep their position, as those of `srkit.data` do, on any backend.

    In order only, so `fit` is to be told `shuffle=False`.
    """

    steps_per_epoch = STEPS

    def __init__(self, steps=STEPS, make=batch):
        super().__init__()
        self.steps_per_epoch = steps
        self.make = make
        self.first = 0
        self.position = self

    def get(self):
        return self.first

    def set(self, step):
        self.first = step

    @property
    def num_batches(self):
        return self.steps_per_epoch - self.first % self.steps_per_epoch

    def __getitem__(self, index):
        return self.make(self.first + index)

    def on_epoch_end(self):
        pass


def pictures(count=2):
    """Whole pictures of unequal sizes: (name, lr, hr)."""
    rng = np.random.default_rng(0)
    for index in range(count):
        hr = rng.integers(0, 256, (24, 20 + 4 * index, 3), dtype=np.uint8)
        yield f"{index}", hr[::2, ::2].copy(), hr


def weights(model):
    return np.concatenate([np.ravel(weight) for weight in model.get_weights()])
