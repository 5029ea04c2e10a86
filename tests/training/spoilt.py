"""Small GANs on real photographs by srkit's recipes, and the ways to spoil them.

    python -m tests.training.spoilt FOLDER STEPS SEED WAY...

writes the figures that the doctor reads, step by step, to FOLDER/SEED-WAY.csv: how its
limits were found. The photographs are scikit-image's; the content term is the real
VGG19 up to relu3_1, which `SRKIT_DATASETS` must hold.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from srkit import data, models
from srkit.image import Picture
from srkit.training import RECIPES, GanRecipe, TrainingDoctor, cosine

SCALE, CROP, BATCH, LEARNT = 4, 32, 2, 1000
SRRESNET = {"num_blocks": 2, "batch_norm": False}
RRDBNET = {"num_blocks": 1, "growth": 8}


@functools.cache
def photographs() -> Path:
    """A folder of five photographs."""
    import skimage.data

    folder = Path(tempfile.mkdtemp())
    for name in ("astronaut", "chelsea", "coffee", "rocket"):
        Picture(getattr(skimage.data, name)()).save(folder / f"{name}.png")
    Picture(skimage.data.stereo_motorcycle()[0]).save(folder / "motorcycle.png")
    return folder


def recipe(name: str, weights: Path, **changes: Any) -> GanRecipe:
    """A recipe of srkit's, in small, with the feature network at hand."""
    like = {"before_activation": True, "distance": "l1"} if name == "esrgan" else {}
    changes = {
        "content": "vgg19-relu3_1",
        "content_weights": str(weights / "vgg19_normalised_relu3_1.npz"),
        "content_options": like,
        "options": RRDBNET if name == "esrgan" else SRRESNET,
        **changes,
    }
    return dataclasses.replace(RECIPES[name], crop=CROP, batch_size=BATCH, **changes)


def batches(made: GanRecipe, *, steps: int, batch_size: int, seed: int) -> Any:
    return data.pairs(
        photographs(),
        scale=SCALE,
        crop=made.crop,
        batch_size=batch_size,
        steps_per_epoch=steps,
        degradation=made.degradation,
        seed=seed,
    )


def fresh(made: GanRecipe, seed: int) -> keras.Model:
    """A generator that knows nothing."""
    keras.utils.set_random_seed(seed)
    return getattr(models, made.network)(scale=SCALE, filters=16, **made.options)


_LEARNT: dict[tuple[Any, ...], list[np.ndarray]] = {}


def pretrained(made: GanRecipe, seed: int) -> keras.Model:
    """A generator after its steps on pixels, which are taken once for all ways."""
    model = fresh(made, seed)
    key = (made.network, str(made.options), made.degradation, seed)
    if key not in _LEARNT:
        rate = cosine(4e-3, steps=LEARNT, warmup=20)
        model.compile(keras.optimizers.Adam(rate), loss="mae")
        pairs = batches(made, steps=LEARNT, batch_size=8, seed=seed)
        model.fit(pairs, verbose=0, shuffle=False)
        _LEARNT[key] = model.get_weights()
    model.set_weights(_LEARNT[key])
    return model


def without_icnr(made: GanRecipe, seed: int) -> keras.Model:
    """A trained one with new sub-pixel layers, begun as Keras begins convolutions."""
    model = pretrained(made, seed)
    for layer in model.layers:
        if layer.name.startswith("upsample") and layer.name.endswith("conv"):
            layer.kernel.assign(keras.initializers.GlorotUniform()(layer.kernel.shape))
    return model


def ending_in(layer: keras.layers.Layer) -> Callable[[GanRecipe, int], keras.Model]:
    """A trained one with a layer put after it."""

    def make(made: GanRecipe, seed: int) -> keras.Model:
        generator = pretrained(made, seed)
        model = keras.Model(generator.input, layer(generator.output))
        model.scale = SCALE
        return model

    return make


class Raw(keras.losses.Loss):
    """A content term that feeds Caffe's VGG19 [-1, 1] where it wants levels.

    The network's own preprocessing turns these pictures into just that.
    """

    MEANS = np.array([123.68, 116.779, 103.939], "float32")

    def __init__(self, content: keras.losses.Loss) -> None:
        super().__init__()
        self.content = content

    def call(self, y_true: Any, y_pred: Any) -> Any:
        levels = (pictures[..., ::-1] + self.MEANS for pictures in (y_true, y_pred))
        return self.content.call(*(each / 127.5 - 1.0 for each in levels))


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to train, spoilt as users do it, or not."""

    ailments: tuple[str, ...] = ()
    """What the doctor is to say."""
    generator: Callable[[GanRecipe, int], keras.Model] = pretrained
    changes: dict[str, Any] = field(default_factory=dict)
    """Settings that differ."""
    raw: bool = False
    """Whether the content term lacks its preprocessing."""
    recipe: str = "srgan"


SPOILT = {
    "vgg-unscaled": Way(ailments=("content term too weak",), raw=True),
    "rate-x100": Way(ailments=("learning rate",), changes={"learning_rate": 1e-2}),
    "weight-1": Way(
        ailments=("adversarial term too strong",), changes={"adversarial_weight": 1.0}
    ),
    "not-pretrained": Way(ailments=("no pre-training",), generator=fresh),
    "no-icnr": Way(ailments=("checkerboard",), generator=without_icnr),
    "range-0-1": Way(
        ailments=("range",),
        generator=ending_in(keras.layers.Rescaling(0.5, offset=0.5)),
    ),
    "range-0-255": Way(
        ailments=("range",),
        generator=ending_in(keras.layers.Rescaling(127.5, offset=127.5)),
    ),
}
HEALTHY = {
    "default": Way(),
    "batch-norm": Way(changes={"options": {"num_blocks": 2}}),
    "cctv": Way(changes={"degradation": "cctv"}),
    "esrgan": Way(recipe="esrgan"),
}


def play(
    way: Way, weights: Path, *, seed: int, steps: int, more: Any = ()
) -> TrainingDoctor:
    """Trains adversarially, and gives the doctor that watched."""
    made = recipe(way.recipe, weights, **way.changes)
    generator = way.generator(made, seed)
    judge = models.SRGANDiscriminator(filters=16, units=64, size=CROP)
    trainer = made.opponents(generator, judge)
    if way.raw:
        trainer.content_loss = Raw(trainer.content_loss)
    made.compile(trainer)
    doctor = TrainingDoctor()
    pairs = batches(made, steps=steps, batch_size=BATCH, seed=seed + 1)
    trainer.fit(pairs, callbacks=[doctor, *more], verbose=0, shuffle=False)
    return doctor


def record(path: Path, way: Way, weights: Path, *, seed: int, steps: int) -> None:
    """Writes the figures of each step of a training."""
    with path.open("w", newline="") as file:
        table = csv.writer(file)

        def write(batch: int, logs: dict[str, Any]) -> None:
            if batch == 0:
                table.writerow(logs)
            table.writerow(f"{float(value):.4g}" for value in logs.values())

        rows = keras.callbacks.LambdaCallback(on_train_batch_end=write)
        play(way, weights, seed=seed, steps=steps, more=[rows])


def main(folder: str, steps: str, seed: str, *names: str) -> None:
    weights = Path(os.environ["SRKIT_DATASETS"]) / "weights"
    ways = {**HEALTHY, **SPOILT}
    for name in names or SPOILT:
        path = Path(folder) / f"{seed}-{name}.csv"
        record(path, ways[name], weights, seed=int(seed), steps=int(steps))


if __name__ == "__main__":
    main(*sys.argv[1:])
