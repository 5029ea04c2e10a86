"""Trains in children of one process, which may kill themselves: see test_session.py.

    python attempts.py PICTURES DIRECTORY PRECISION KILL...

Each KILL is the step after which a child kills itself, `write` for one that does so
while it writes a checkpoint, or `-` for one that comes to its end.
"""

import io
import os
import signal
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

from srkit import data, training
from srkit.models import EDSR
from srkit.training import storage


class Kill(keras.callbacks.Callback):
    def __init__(self, step):
        super().__init__()
        self.left = step

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)


def write_half_and_die(file, **arrays):
    whole = io.BytesIO()
    savez(whole, **arrays)
    file.write(whole.getvalue()[:1000])
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)


savez = np.savez


def attempt(pictures, directory, precision, kill):
    training.set_deterministic(7)
    pairs = data.pairs(
        pictures, scale=2, crop=16, batch_size=2, steps_per_epoch=4, seed=7
    )
    recipe = training.Recipe(
        scale=2, crop=16, batch_size=2, steps=12, steps_per_epoch=4, warmup=2,
        seed=7, deterministic=True, precision=precision,
    )  # fmt: skip
    model = EDSR(scale=2, filters=4, num_blocks=1, dtype=recipe.dtype)
    listed = []
    if kill == "write":
        storage.np.savez = write_half_and_die
    elif kill != "-":
        listed.append(Kill(int(kill)))
    training.train(
        model, pairs, recipe, directory, checkpoint_every=3, pictures=(), more=listed
    )
    np.save(
        directory / "weights.npy", np.concatenate([*map(np.ravel, model.get_weights())])
    )


if __name__ == "__main__":
    pictures, directory = map(Path, sys.argv[1:3])
    precision, *kills = sys.argv[3:]
    for kill in kills:
        child = os.fork()
        if not child:
            attempt(pictures, directory, precision, kill)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{kill} {os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
