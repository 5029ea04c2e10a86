"""`srkit train`: a network from your own pictures."""

from __future__ import annotations

import shlex
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from srkit.cli import networks, plan

if TYPE_CHECKING:
    from srkit.training import Recipe


def command(
    network: Annotated[
        str,
        typer.Argument(
            help="A class (edsr, srresnet, ...) or a recipe of a paper: srgan, "
            "esrgan, cctv-gan, autoencoder, lineart."
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
    steps: Annotated[
        int | None,
        typer.Option(
            help="Steps, of GANs the adversarial ones [20000 or the recipe's]."
        ),
    ] = None,
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
    crop: Annotated[
        int | None, typer.Option(help="HR side of a crop [192 or the recipe's].")
    ] = None,
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
        str | None,
        typer.Option(
            help="l1, l2, charbonnier, l1+fft, consistency, edges [l1 or the recipe's]."
        ),
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="The highest [0.0005 or the recipe's].")
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(
            help="cosine, halving, constant or plateau [cosine or the recipe's]."
        ),
    ] = None,
    warmup: Annotated[
        int | None, typer.Option(help="Steps of rise [500 or the recipe's].")
    ] = None,
    clip: Annotated[
        float | None,
        typer.Option(help="Largest gradient norm, 0 for any [1 or the recipe's]."),
    ] = None,
    ema: Annotated[
        float | None, typer.Option(help="Decay of the average, 0 for none [0.999].")
    ] = None,
    pretraining_steps: Annotated[
        int | None,
        typer.Option(min=0, help="GANs: steps on pixels first [the recipe's]."),
    ] = None,
    adversarial_weight: Annotated[
        float | None, typer.Option(help="GANs: of the adversarial term [the recipe's].")
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

    LR pictures are made from HR ones, unless --lr names them. What is going to be
    done is printed first. The folder of the run gets the presets best and last,
    log.csv, curves and pictures for TensorBoard, and checkpoints. Ctrl-C saves one
    and stops.
    """
    given = {name: value for name, value in locals().items() if value is not None}
    chosen = plan.recipe_of(recipe, given)
    folder = output or Path("runs") / f"{network.lower()}_x{chosen.scale}"
    _run(chosen, folder, validation, checkpoint_every=checkpoint_every, cache=cache)


def _pictures(
    recipe: Recipe, channels: int, validation: str | None, cache: Path | None
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
        downsizes=None if recipe.lr else recipe.downsizes,
        channels=channels,
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
    pairs, measured = _pictures(recipe, model.channels, validation, cache)
    options: dict[str, Any] = {
        "validation": measured,
        "command": shlex.join(["srkit", *sys.argv[1:]]),
        "checkpoint_every": checkpoint_every,
    }
    doctor = training.TrainingDoctor(stop=getattr(recipe, "stop_when_ill", False))
    run = partial(training.train, model, more=[doctor])
    if isinstance(recipe, training.GanRecipe):
        opponent = networks.discriminator(recipe, model.channels)
        run = partial(training.train_stages, model, opponent, doctor=doctor)
    typer.echo(plan.outline(recipe), err=True)
    try:
        with networks.naming_weights():
            best = run(data=pairs, recipe=recipe, directory=folder, **options)
    except KeyboardInterrupt as stop:
        typer.echo(f"srkit: {stop}; the same command goes on", err=True)
        raise typer.Exit(130) from stop
    step = f"{doctor.run.step:,}"
    if doctor.stop and doctor.findings:
        typer.echo(f"srkit: the doctor stopped it at step {step}", err=True)
        raise typer.Exit(1)
    typer.echo(f"{best}: trained for {step} steps; README.md has figures and signs")
