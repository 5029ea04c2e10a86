"""A step of SRGAN as srkit trains it, and as PyTorch does with the same networks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

import keras
import numpy as np

from srkit.bench.pictures import natural_picture
from srkit.bench.pytorch import mirror
from srkit.bench.report import Figure
from srkit.bench.timing import measure_seconds
from srkit.bench.twins import torch
from srkit.engine import policy
from srkit.errors import SrkitError
from srkit.image import downscale, to_network
from srkit.layers.features import find_plan
from srkit.layers.features.steps import Convolution
from srkit.losses import VGG19Content
from srkit.models import SRGANDiscriminator, SRResNet
from srkit.training import AdversarialTrainer

_FEATURES = "vgg19-relu3_1"


def srgan(
    folder: Path,
    *,
    crop: int = 96,
    filters: int = 64,
    num_blocks: int = 16,
    units: int = 1024,
    precision: str = "auto",
) -> AdversarialTrainer:
    """SRGAN of the paper's size, with features of VGG19's first five convolutions.

    Args:
        folder: Where the feature network's weights are written; they are drawn.
        crop: Side of the HR crops.
        filters: Width of both players.
        num_blocks: Of the generator.
        units: Of the discriminator.
        precision: As for training: "auto", "float32" or "bfloat16".
    """
    path = folder / "features.npz"
    _draw_features(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    width: dict[str, Any] = {"filters": filters, "dtype": policy(precision)}
    trainer = AdversarialTrainer(
        generator=SRResNet(num_blocks=num_blocks, **width),
        discriminator=SRGANDiscriminator(size=crop, units=units, **width),
        content_loss=VGG19Content(network=_FEATURES, weights=path, sha256=digest),
    )
    trainer.compile(keras.optimizers.Adam(1e-4), jit_compile=False)
    return trainer


def gan_speed(
    trainer: AdversarialTrainer, *, batch_size: int, repeats: int
) -> tuple[list[Figure], list[str]]:
    """Measures a step of training, PyTorch's beside it in turns.

    Returns:
        The figures, and why those of PyTorch are not among them, if they are not.
    """
    crop = trainer.discriminator.size
    pictures = [natural_picture(crop, crop, seed=i) for i in range(batch_size)]
    hr = to_network(np.stack(pictures))
    lr = to_network(downscale(np.stack(pictures), trainer.scale))
    work: dict[str, Callable[[], Any]] = {
        "srkit": lambda: trainer.train_on_batch(lr, hr)
    }
    missing = []
    try:
        work["PyTorch"] = torch_step(trainer, lr, hr)
        work["PyTorch, all in autocast"] = torch_step(trainer, lr, hr, exact=False)
    except SrkitError as error:
        missing.append(str(error))
    seconds = measure_seconds(work, repeats=repeats)
    size = f"batch of {batch_size}, HR {crop}, {_dtype(trainer)}, median of {repeats}"
    return _figures(seconds, size), missing


def torch_step(
    trainer: AdversarialTrainer, lr: Any, hr: Any, *, exact: bool = True
) -> Callable[[], Any]:
    """The same step in PyTorch: one look at real and fake, both players learn from it.

    Channels last, which is the faster there, and Adam in one pass.

    Args:
        trainer: Has the networks and the weights of the terms.
        lr: The batch, ``(N, h, w, C)``.
        hr: Its HR pictures.
        exact: Compute the features in float32, as srkit does.

    Raises:
        MissingExtraError: If PyTorch is not installed.
    """
    module = torch()
    generator = _channels_last(trainer.generator)
    judge = _channels_last(trainer.discriminator)
    features = _channels_last(_features(trainer))
    features.requires_grad_(requires_grad=False)
    given, real = (module.from_numpy(x).permute(0, 3, 1, 2) for x in (lr, hr))
    adams = [_adam(each) for each in (generator, judge)]
    share = trainer.weights_of_terms["adversarial"]
    half = _dtype(trainer) != "float32"
    soft = module.nn.functional.softplus
    autocast = partial(module.autocast, "cpu", module.bfloat16)

    def step() -> tuple[float, float]:
        with autocast(enabled=half):
            fake = generator(given)
            of_real, of_fake = (judge(each).float() for each in (real, fake))
        with autocast(enabled=half and not exact):
            error = features(fake.float()).float() - features(real).float()
        mine = (error / 12.75).square().mean() + share * soft(-of_fake).mean()
        theirs = 0.5 * (soft(-of_real).mean() + soft(of_fake).mean())
        for loss, adam in zip((mine, theirs), adams, strict=True):
            own = adam.param_groups[0]["params"]
            gradients = module.autograd.grad(loss, own, retain_graph=loss is mine)
            for parameter, gradient in zip(own, gradients, strict=True):
                parameter.grad = gradient
        for adam in adams:
            adam.step()
        return float(mine.detach()), float(theirs.detach())

    return step


def _features(trainer: Any) -> keras.Model:
    return trainer.content_loss.features


def _adam(player: Any) -> Any:
    return torch().optim.Adam(list(player.parameters()), 1e-4, fused=True)


def _channels_last(part: keras.Model) -> Any:
    return mirror(part).to(memory_format=torch().channels_last)


def _figures(seconds: dict[str, float], size: str) -> list[Figure]:
    exact = "features in float32"
    how = {"srkit": exact, "PyTorch": f"{exact}, channels last"}
    figures = [
        Figure(
            name=f"SRGAN step, {name}",
            value=each,
            unit="s",
            note=f"{size}; {how.get(name, 'features too, channels last')}",
        )
        for name, each in seconds.items()
    ]
    against = [
        Figure(
            name=f"SRGAN step against {name}",
            value=seconds[name] / seconds["srkit"],
            unit="times",
            note="the same networks and losses; in turns",
        )
        for name in list(seconds)[1:]
    ]
    return figures + against


def _dtype(trainer: AdversarialTrainer) -> str:
    """What the players compute in."""
    return trainer.generator.get_layer("head").compute_dtype


def _draw_features(path: Path) -> None:
    """Writes weights for the feature network; a step takes as long with any."""
    plan = find_plan(_FEATURES)
    rng = np.random.default_rng(0)
    shapes, given = {plan.mixing: (1, 1, 3, 3)}, 3
    for layer in plan.layers:
        if isinstance(layer, Convolution):
            shapes[layer.source] = (3, 3, given, layer.filters)
            given = layer.filters
    arrays = {}
    for source, shape in shapes.items():
        kernel = rng.normal(0, (2 / prod(shape[:3])) ** 0.5, shape)
        arrays[f"{source}/kernel"] = kernel.astype("float32")
        arrays[f"{source}/bias"] = np.zeros(shape[3], "float32")
    np.savez(path, allow_pickle=False, **arrays)
