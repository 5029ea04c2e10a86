"""Two players and data that train in a second."""

from __future__ import annotations

import keras
import numpy as np

from srkit.losses import Vanilla
from srkit.models import EDSR
from srkit.training import AdversarialTrainer


def generator(*, dtype=None):
    return EDSR(scale=2, filters=4, num_blocks=1, dtype=dtype)


def discriminator(*, dtype=None, batch_norm=True):
    """Two convolutions, the moving statistics of one normalisation, one logit."""
    x = inputs = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(4, 3, strides=2, padding="same", dtype=dtype)(x)
    if batch_norm:
        x = keras.layers.BatchNormalization(dtype=dtype)(x)
    x = keras.layers.LeakyReLU(0.2, dtype=dtype)(x)
    x = keras.layers.GlobalAveragePooling2D(dtype=dtype)(x)
    return keras.Model(inputs, keras.layers.Dense(1, dtype=dtype)(x))


def trainer(*, dtype=None, **options):
    """A small SRGAN: L2 on pixels and the plain adversarial term."""
    options = {"adversarial_loss": Vanilla(), "pixel_loss": "mse", **options}
    return AdversarialTrainer(
        generator=generator(dtype=dtype),
        discriminator=discriminator(dtype=dtype),
        **options,
    )


def batch(index, *, side=16, count=4):
    """Batch of a step, a pure function of its number."""
    hr = np.random.default_rng(index).uniform(-1, 1, (count, side, side, 3))
    hr = hr.astype(np.float32)
    lr = hr.reshape(count, side // 2, 2, side // 2, 2, 3).mean((2, 4))
    return lr, hr


def arrays(variables):
    return [np.array(keras.ops.convert_to_numpy(v)) for v in variables]
