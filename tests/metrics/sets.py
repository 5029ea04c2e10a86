"""Small sets of pictures, and a network that sees something in them."""

import keras
import numpy as np

from tests.conftest import draw_picture


def network(features=5):
    """A small feature network called "tiny"."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((None, None, 3))
    maps = keras.layers.Conv2D(features, 3, activation="relu", name="conv")(inputs)
    pooled = keras.layers.GlobalAveragePooling2D(name="mean")(maps)
    return keras.Model(inputs, pooled, name="tiny")


def pictures(count, *, seed=0, side=20):
    return np.stack([draw_picture(side, side, seed=seed + i) for i in range(count)])


def gathered(kind, real, fake, **options):
    """FID or KID that has seen both sets through the small network."""
    distance = kind(network=network(), side=16, **options)
    distance.update(real=real, fake=fake)
    return distance
