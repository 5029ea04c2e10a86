"""From a command line to a recipe, and what a recipe is going to do."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srkit.cli import networks
from srkit.errors import ArgumentError

if TYPE_CHECKING:
    from srkit.training import Recipe

_OPTIONS = ("filters", "num_blocks", "residual_scale", "interpolated")
"""Arguments of the networks; each network takes some of them."""

_OF_A_PRESET = ("scale", "dtype", "name")
"""What of a preset's config is no option of a recipe's network."""


def recipe_of(file: Path | None, given: dict[str, Any]) -> Recipe:
    """The recipe of the file, or the usual one, with what the command line says.

    Args:
        file: JSON with settings; options go before it.
        given: The options that were given, by name, and the `network`.

    Raises:
        ArgumentError: If a setting is out of its range, not of this recipe, or missing.
        PresetError: If `initial` names no sound preset.
    """
    from srkit.training import RECIPES, Recipe

    usual = RECIPES.get(given["network"].lower())
    base = usual or Recipe()
    if file is not None:
        base = _read(file, base)
    changes = _changes(base, given)
    if "warmup" not in given and file is None:  # a short run warms up in a tenth
        changes["warmup"] = min(base.warmup, changes.get("steps", base.steps) // 10)
    options = {name: given[name] for name in _OPTIONS if name in given}
    changes["network"] = networks.network_class(
        base.network if usual else given["network"]
    ).__name__
    chosen = replace(base, **changes, options={**base.options, **options})
    _check_warmup(chosen, given)
    if not chosen.data:
        raise ArgumentError("`--data` must name at least one folder of HR pictures")
    return _shaped_by_initial(chosen)


def outline(recipe: Recipe) -> str:
    """What is going to be trained, how long and on what: a line for each stage."""
    return "\n".join(map(_line, _stages(recipe)))


def _stages(recipe: Recipe) -> list[Recipe]:
    first = getattr(recipe, "first", None)
    return [recipe] if first is None else [first, recipe]


def _read(file: Path, base: Recipe) -> Recipe:
    try:
        return base.from_json(file.read_text(encoding="utf-8"), base=base)
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(f"`--recipe` cannot be read: {error}") from error


def _changes(base: Recipe, given: dict[str, Any]) -> dict[str, Any]:
    """The settings that the command line names; all must be of this recipe."""
    from srkit.training import GanRecipe

    names = [f.name for f in fields(base)]
    changes = {name: given[name] for name in names if name in given}
    changes |= {k: tuple(v) for k, v in changes.items() if isinstance(v, list)}
    if isinstance(base, GanRecipe):
        if "schedule" in given:
            changes["milestones"] = ()  # which would stand in its place
        if "pretraining_steps" in given:
            steps = given["pretraining_steps"]
            changes["pretraining"] = {**base.pretraining, "steps": steps}
        return changes
    of_gans = {f.name for f in fields(GanRecipe)} | {"pretraining_steps"}
    for name in sorted(given.keys() & of_gans - {*names}):
        raise ArgumentError(
            f"`--{name.replace('_', '-')}` must go with the recipe of a GAN, srgan for "
            f"instance. Received: {given['network']}"
        )
    return changes


def _check_warmup(recipe: Recipe, given: dict[str, Any]) -> None:
    """Refuses a rise that no stage's rate would have."""
    schedules = {stage.schedule for stage in _stages(recipe)}
    if given.get("warmup") and "cosine" not in schedules:
        raise ArgumentError(
            "`--warmup` must go with the rate that has one, --schedule cosine. "
            f"Received: --warmup {given['warmup']} with {', '.join(sorted(schedules))}"
        )


def _shaped_by_initial(recipe: Recipe) -> Recipe:
    """Gives the network the preset's options, where no others are wanted.

    So a preset of this class and scale is trained on whole.
    """
    from srkit.models import presets

    if recipe.initial is None or recipe.options:
        return recipe
    found = presets.find(recipe.initial)
    wanted = (recipe.network, recipe.scale)
    if (found.class_name, found.config.get("scale")) != wanted:
        return recipe
    options = {k: v for k, v in found.config.items() if k not in _OF_A_PRESET}
    return replace(recipe, options=options)


def _line(stage: Recipe) -> str:
    from srkit.training import GanRecipe

    network, terms = f"{stage.network} x{stage.scale}", stage.loss
    if isinstance(stage, GanRecipe):
        network += f" against {stage.discriminator}"
        weighted = (
            (stage.content_weight * (stage.content != "none"), stage.content),
            (stage.adversarial_weight, stage.adversarial),
            (stage.pixel_weight, stage.loss),
        )
        terms = " + ".join(f"{weight:g} {term}" for weight, term in weighted if weight)
    return (
        f"{network}: {stage.steps:,} steps of {stage.batch_size} crops of "
        f"{stage.crop} pixels, LR={stage.lr_made}, {terms}, "
        f"learning rate {stage.learning_rate:g}"
    )
