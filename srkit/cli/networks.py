"""The networks that a recipe names, built."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

from srkit.errors import ArgumentError, WeightsNotFoundError

if TYPE_CHECKING:
    import keras

    from srkit.models.base import SuperResolver
    from srkit.training import GanRecipe, Recipe


def network_class(name: str) -> type[SuperResolver]:
    """Finds a network by its class's name, in any case."""
    from srkit.models.base import SuperResolver

    found = _classes(SuperResolver)
    if name.lower() not in found:
        from srkit.training import RECIPES

        known = [*sorted(found), *RECIPES]
        near = difflib.get_close_matches(name.lower(), known, n=1)
        hint = f". Did you mean {near[0]!r}?" if near else ""
        raise ArgumentError(
            f"`network` must be one of {', '.join(known)}. Received: {name!r}{hint}"
        )
    return found[name.lower()]


def discriminator(recipe: GanRecipe, channels: int) -> keras.Model:
    """Builds the opponent, for crops of this size where its layers depend on it."""
    import inspect

    from srkit.models import Discriminator

    found = _classes(Discriminator)
    if recipe.discriminator.lower() not in found:
        known = ", ".join(sorted(kind.__name__ for kind in found.values()))
        raise ArgumentError(
            f"`discriminator` must be one of {known}. "
            f"Received: {recipe.discriminator!r}"
        )
    kind = found[recipe.discriminator.lower()]
    options = {"dtype": recipe.dtype, "channels": channels}
    options |= recipe.discriminator_options
    if "size" in inspect.signature(kind).parameters:
        options = {"size": recipe.crop, **options}
    if options.get("size", recipe.crop) != recipe.crop:
        raise ArgumentError(
            "`size` in `discriminator_options` must be the recipe's `crop`, "
            f"{recipe.crop}; it may be left out. Received: {options['size']!r}"
        )
    with _naming_options(kind):
        return kind(**options)


def network(recipe: Recipe) -> SuperResolver:
    """Builds the network, seeded, with the layers of another one if so told."""
    import keras

    keras.utils.set_random_seed(recipe.seed)
    kind = network_class(recipe.network)
    with _naming_options(kind):
        model = kind(scale=recipe.scale, dtype=recipe.dtype, **recipe.options)
    if recipe.initial:
        _start(model, recipe.initial)
    return model


@contextlib.contextmanager
def naming_weights() -> Iterator[None]:
    """Speaks of options where a feature network's weights are not to be had."""
    try:
        yield
    except WeightsNotFoundError as error:
        wanted = str(error).replace("`weights`", "`--content-weights`")
        raise WeightsNotFoundError(
            f"{wanted}. Or train without them: --content none --pixel-weight 1"
        ) from error


def _classes(base: type) -> dict[str, Any]:
    """The classes of srkit.models on an abstract one, by their names in lower case."""
    from srkit import models

    return {
        thing.__name__.lower(): thing
        for thing in vars(models).values()
        if isinstance(thing, type) and issubclass(thing, base) and thing is not base
    }


@contextlib.contextmanager
def _naming_options(kind: type) -> Iterator[None]:
    try:
        yield
    except TypeError as error:
        raise ArgumentError(f"{kind.__name__} takes no such option: {error}") from error


def _start(model: SuperResolver, preset: str) -> None:
    """Copies the preset's layers that fit, and says what keeps the others from it."""
    from srkit.models.base import SuperResolver
    from srkit.training import copy_matching

    source = SuperResolver.from_preset(preset)
    others = source.options
    unlike = [
        f"{name}={others[name]}"
        for name, value in model.options.items()
        if others.get(name, value) != value
    ]
    told = f"; it has {', '.join(unlike)}" if unlike else ""
    try:
        copied = copy_matching(source, model)
    except ArgumentError as error:
        raise ArgumentError(
            "`--init` must name a network that shares layers (name and shape) with "
            f"the one to train, {model.name}. Received: {preset}{told}"
        ) from error
    layers = sum(bool(layer.weights) for layer in model.layers)
    start = f"{len(copied)} of {layers} layers start from {preset}{told}"
    typer.echo(start, err=True)
