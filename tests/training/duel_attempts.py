"""Trains both stages in children that may kill themselves: see test_staged.py.

    python duel_attempts.py PICTURES DIRECTORY KILL...

Each KILL is a stage and the step of it after which a child kills itself, such as
`adversarial:3`, or `-` for a child that comes to its end.
"""

import os
import signal
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras

from srkit import data, training
from srkit.models import SRResNet


class Kill(keras.callbacks.Callback):
    def __init__(self, place):
        super().__init__()
        self.stage, left = place.split(":")
        self.left = int(left)

    def on_train_batch_end(self, batch, logs=None):
        stage = "adversarial" if hasattr(self.model, "discriminator") else "pretraining"
        self.left -= stage == self.stage
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)


def discriminator():
    x = inputs = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(4, 3, strides=2, padding="same")(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.LeakyReLU(0.2)(x))
    return keras.Model(inputs, keras.layers.Dense(1)(x))


def attempt(pictures, directory, kill):
    training.set_deterministic(7)
    pairs = data.pairs(
        pictures, scale=2, crop=16, batch_size=2, steps_per_epoch=4, seed=7
    )
    recipe = training.GanRecipe(
        scale=2, crop=16, batch_size=2, steps=8, steps_per_epoch=4, seed=7,
        deterministic=True, precision="float32", pretraining={"steps": 8},
        content="none", pixel_weight=1.0, learning_rate=1e-3,
    )  # fmt: skip
    model = SRResNet(scale=2, filters=4, num_blocks=1, dtype=recipe.dtype)
    more = [] if kill == "-" else [Kill(kill)]
    training.train_stages(
        model, discriminator(), pairs, recipe, directory,
        checkpoint_every=3, pictures=(), more=more,
    )  # fmt: skip


if __name__ == "__main__":
    pictures, directory = map(Path, sys.argv[1:3])
    for kill in sys.argv[3:]:
        child = os.fork()
        if not child:
            attempt(pictures, directory, kill)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{kill} {os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
