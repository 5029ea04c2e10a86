"""`srkit train`: a network from your own pictures."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from srkit.cli import networks
from srkit.errors import ArgumentError

if TYPE_CHECKING:
    from srkit.training import Recipe

_OPTIONS = ("filters", "num_blocks", "residual_scale", "interpolated")
"""Arguments of the networks; each network takes some of them."""


def command(
    network: Annotated[
        str,
        typer.Argument(
            help="A class (edsr, srresnet, ...) or a recipe of a paper: srgan, "
            "esrgan, cctv-gan, autoencoder."
        ),
    ],
    *,
    data: Annotated[
        list[str] | None, typer.Option(help="Folder or set of HR; repeatable.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder of the run.")
    ] = None,
    scale: Annotated[int | None, typer.Option(help="2, 3 or 4 [4].")] = None,
    steps: Annotated[int | None, typer.Option(help="Steps in all [20000].")] = None,
    validation: Annotated[
        str | None, typer.Option(help="Set or folder to measure on after an epoch.")
    ] = None,
    lr: Annotated[
        list[str] | None, typer.Option(help="Folder of LR pictures for each --data.")
    ] = None,
    kernel: Annotated[
        str | None, typer.Option(help="How LR is made [bicubic].")
    ] = None,
    degradation: Annotated[
        str | None, typer.Option(help="What else: cctv, realesrgan, ..., a .json.")
    ] = None,
    crop: Annotated[int | None, typer.Option(help="HR side of a crop [192].")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Crops a step [16].")] = None,
    steps_per_epoch: Annotated[
        int | None, typer.Option(help="Steps between validations [1000].")
    ] = None,
    filters: Annotated[int | None, typer.Option(help="Width of the network.")] = None,
    num_blocks: Annotated[int | None, typer.Option(help="Its depth.")] = None,
    residual_scale: Annotated[
        float | None, typer.Option(help="Factor on residual branches.")
    ] = None,
    interpolated: Annotated[
        bool | None, typer.Option(help="Learn what bicubic misses.")
    ] = None,
    loss: Annotated[
        str | None, typer.Option(help="l1, l2, charbonnier, l1+fft, consistency [l1].")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="The highest [0.0005].")
    ] = None,
    schedule: Annotated[
        str | None, typer.Option(help="cosine, halving or constant [cosine].")
    ] = None,
    warmup: Annotated[int | None, typer.Option(help="Steps of rise [500].")] = None,
    clip: Annotated[
        float | None, typer.Option(help="Largest gradient norm, 0 for any [1].")
    ] = None,
    ema: Annotated[
        float | None, typer.Option(help="Decay of the average, 0 for none [0.999].")
    ] = None,
    pretraining_steps: Annotated[
        int | None, typer.Option(min=0, help="GANs: steps on pixels first, 0 for none.")
    ] = None,
    adversarial_weight: Annotated[
        float | None, typer.Option(help="GANs: of the adversarial term [0.001].")
    ] = None,
    content: Annotated[
        str | None, typer.Option(help="GANs: vgg54, vgg22, esrgan, a network or none.")
    ] = None,
    content_weights: Annotated[
        str | None, typer.Option(help="GANs: file of the feature network.")
    ] = None,
    pixel_weight: Annotated[
        float | None, typer.Option(help="GANs: of the pixel term, --loss.")
    ] = None,
    stop_when_ill: Annotated[
        bool | None, typer.Option(help="GANs: end when the doctor finds something.")
    ] = None,
    initial: Annotated[
        str | None, typer.Option("--init", help="Preset to start from: edsr_x2.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Of all randomness [0].")] = None,
    precision: Annotated[
        str | None, typer.Option(help="auto, bfloat16 or float32 [auto].")
    ] = None,
    xla: Annotated[bool | None, typer.Option(help="Compile the step.")] = None,
    deterministic: Annotated[
        bool | None, typer.Option(help="Bit for bit repeatable; slower.")
    ] = None,
    recipe: Annotated[
        Path | None, typer.Option(help="JSON with settings; options go before it.")
    ] = None,
    checkpoint_every: Annotated[
        int, typer.Option(min=1, help="Steps between checkpoints.")
    ] = 500,
    cache: Annotated[
        Path | None, typer.Option(help="Folder for prepared pictures.")
    ] = None,
) -> None:
    """Train a network on your pictures; the same command goes on after a stop.

    LR pictures are made from HR ones, unless --lr names them. The folder of the run
    gets the presets best and last, log.csv, curves and pictures for TensorBoard, and
    checkpoints. Ctrl-C saves one and stops.
    """
    given = {name: value for name, value in locals().items() if value is not None}
    chosen = _recipe(recipe, given)
    folder = output or Path("runs") / f"{network.lower()}_x{chosen.scale}"
    _run(chosen, folder, validation, checkpoint_every=checkpoint_every, cache=cache)


def _recipe(file: Path | None, given: dict[str, Any]) -> Recipe:
    """The recipe of the file, or the usual one, with what the command line says."""
    from dataclasses import fields, replace

    from srkit.training import RECIPES, Recipe

    usual = RECIPES.get(given["network"].lower())
    base = usual or Recipe()
    if file is not None:
        base = _read(file, base)
    changes = {f.name: given[f.name] for f in fields(base) if f.name in given}
    for name in ("data", "lr"):
        if name in changes:
            changes[name] = tuple(changes[name])
    if "pretraining_steps" in given:
        changes["pretraining"] = {
            **getattr(base, "pretraining", {}),
            "steps": given["pretraining_steps"],
        }
    if "warmup" not in given and file is None:  # a short run warms up in a tenth
        changes["warmup"] = min(base.warmup, changes.get("steps", base.steps) // 10)
    options = {name: given[name] for name in _OPTIONS if name in given}
    changes["network"] = networks.network_class(
        base.network if usual else given["network"]
    ).__name__
    chosen = replace(base, **changes, options={**base.options, **options})
    if not chosen.data:
        raise ArgumentError("`--data` must name at least one folder of HR pictures")
    return chosen


def _read(file: Path, base: Recipe) -> Recipe:
    try:
        return base.from_json(file.read_text(encoding="utf-8"), base=base)
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(f"`--recipe` cannot be read: {error}") from error


def _pictures(
    recipe: Recipe, validation: str | None, cache: Path | None
) -> tuple[Any, Any]:
    """What is trained on, and what is measured on."""
    from srkit import data

    pairs = data.pairs(
        recipe.data,
        scale=recipe.scale,
        crop=recipe.crop,
        batch_size=recipe.batch_size,
        kernel=recipe.kernel,
        lr=recipe.lr or None,
        seed=recipe.seed,
        cache=cache,
        steps_per_epoch=recipe.steps_per_epoch,
        degradation=recipe.degradation,
    )
    measured = None
    if validation is not None:
        measured = data.load(
            validation,
            scale=recipe.scale,
            kernel=recipe.kernel,
            degradation=recipe.degradation,
        )
    return pairs, measured


def _run(
    recipe: Recipe,
    folder: Path,
    validation: str | None,
    *,
    checkpoint_every: int,
    cache: Path | None,
) -> None:
    from srkit import training

    model = networks.network(recipe)
    pairs, measured = _pictures(recipe, validation, cache)
    options: dict[str, Any] = {
        "validation": measured,
        "command": shlex.join(["srkit", *sys.argv[1:]]),
        "checkpoint_every": checkpoint_every,
    }
    try:
        if isinstance(recipe, training.GanRecipe):
            opponent = networks.discriminator(recipe)
            best = training.train_stages(
                model, opponent, pairs, recipe, folder, **options
            )
        else:
            best = training.train(model, pairs, recipe, folder, **options)
    except KeyboardInterrupt as stop:
        typer.echo(f"srkit: {stop}; the same command goes on", err=True)
        raise typer.Exit(130) from stop
    typer.echo(f"{best}: trained for {recipe.steps:,} steps; README.md has the figures")
