"""The networks that a recipe names, built."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import typer

from srkit.errors import ArgumentError

if TYPE_CHECKING:
    import keras

    from srkit.models.base import SuperResolver
    from srkit.training import GanRecipe, Recipe


def network_class(name: str) -> type[SuperResolver]:
    """Finds a network by its class's name, in any case."""
    from srkit import models
    from srkit.models.base import SuperResolver

    found = {
        thing.__name__.lower(): thing
        for thing in vars(models).values()
        if isinstance(thing, type) and issubclass(thing, SuperResolver)
    }
    found.pop("superresolver", None)
    if name.lower() not in found:
        from srkit.training import RECIPES

        known = [*sorted(found), *RECIPES]
        near = difflib.get_close_matches(name.lower(), known, n=1)
        hint = f". Did you mean {near[0]!r}?" if near else ""
        raise ArgumentError(
            f"`network` must be one of {', '.join(known)}. Received: {name!r}{hint}"
        )
    return found[name.lower()]


def discriminator(recipe: GanRecipe) -> keras.Model:
    """Builds the opponent, for crops of this size where its layers depend on it."""
    import inspect

    from srkit import models

    kind = getattr(models, recipe.discriminator, None)
    if not recipe.discriminator.endswith("Discriminator") or kind is None:
        known = [name for name in vars(models) if name.endswith("Discriminator")]
        raise ArgumentError(
            f"`discriminator` must be one of {', '.join(sorted(known))}. "
            f"Received: {recipe.discriminator!r}"
        )
    options = {"dtype": recipe.dtype, **recipe.discriminator_options}
    if "size" in inspect.signature(kind).parameters:
        options["size"] = recipe.crop
    return kind(**options)


def network(recipe: Recipe) -> SuperResolver:
    """Builds the network, seeded, with the layers of another one if so told."""
    import keras

    from srkit.models.base import SuperResolver
    from srkit.training import copy_matching

    keras.utils.set_random_seed(recipe.seed)
    kind = network_class(recipe.network)
    try:
        model = kind(scale=recipe.scale, dtype=recipe.dtype, **recipe.options)
    except TypeError as error:
        raise ArgumentError(f"{kind.__name__} takes no such option: {error}") from error
    if recipe.initial:
        copied = copy_matching(SuperResolver.from_preset(recipe.initial), model)
        typer.echo(f"{len(copied)} layers start from {recipe.initial}", err=True)
    return model
