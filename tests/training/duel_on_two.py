"""Trains both players on two devices and on one: see test_learning.py.

A script of its own, since TensorFlow divides the CPU only before its first use.
"""

import contextlib
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

from srkit.models import UNetDiscriminator
from srkit.training import AdversarialTrainer
from tests.training import duels

(cpu,) = tf.config.list_physical_devices("CPU")
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(cpu, two)
STRATEGY = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


def trainer(strategy=None, dtype=None):
    """No batch normalisation: its statistics are those of a device's own half."""
    with strategy.scope() if strategy else contextlib.nullcontext():
        model = AdversarialTrainer(
            generator=duels.generator(dtype=dtype),
            discriminator=UNetDiscriminator(filters=4, dtype=dtype),
            pixel_loss=keras.losses.MeanSquaredError(),
            adversarial_weight=0.1,
        )
        model.compile(keras.optimizers.SGD(0.1, momentum=0.9), jit_compile=False)
    return model


def fit(model, *batches):
    pairs = tf.data.Dataset.from_tensor_slices(
        tuple(np.concatenate(each) for each in zip(*batches, strict=True))
    )
    return model.fit(pairs.batch(4), verbose=0, shuffle=False).history


def torn(index):
    """A batch of which one device's half is no numbers."""
    lr, hr = duels.batch(index)
    lr[2:] = np.nan
    return lr, hr


def assert_equal(some, others, **tolerance):
    for a, b in zip(duels.arrays(some), duels.arrays(others), strict=True):
        np.testing.assert_allclose(a, b, **tolerance)


alone, together = trainer(), trainer(STRATEGY)
together.set_weights(alone.get_weights())
histories = [fit(each, *map(duels.batch, range(3))) for each in (alone, together)]
assert_equal(alone.weights, together.weights, atol=1e-5)
for name in ("loss", "pixel_loss", "adversarial_loss", "discriminator_loss"):
    np.testing.assert_allclose(*(each[name] for each in histories), rtol=1e-4)

before = duels.arrays([*together.weights, *together.optimizer.variables])
assert fit(together, torn(3))["skipped"] == [1.0]
assert_equal(before, [*together.weights, *together.optimizer.variables], atol=0)

half = trainer(STRATEGY, dtype="mixed_float16")
players = half.optimizer.generator, half.optimizer.discriminator
scales = [player.dynamic_scale for player in players]
scales[0].assign(2.0**100)
before = duels.arrays(half.trainable_weights)
assert fit(half, duels.batch(0))["skipped"] == [0.0]
assert [float(each) for each in duels.arrays(scales)] == [2.0**99, 2.0**15]
assert_equal(before, half.trainable_weights, atol=0)
