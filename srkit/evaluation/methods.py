"""What stands beside each other in a table: interpolation, networks, the original."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from srkit.engine import Engine, enlarge
from srkit.errors import ArgumentError
from srkit.image import resize
from srkit.models import SuperResolver, presets

from .columns import ORIGINAL

if TYPE_CHECKING:
    from srkit.data.sets import EvaluationPair
    from srkit.types import AnyImage

Model = SuperResolver | str | Path
Make = Callable[["EvaluationPair"], "AnyImage"]
"""Gives the picture that is compared with HR."""

Method = tuple[str, str]
"""Name of a method, and its arithmetic."""

BASELINE: Method = ("bicubic", "uint8")
_ORIGINAL: Method = (ORIGINAL, "uint8")


def open_networks(model: Model | Sequence[Model]) -> dict[str, SuperResolver]:
    """One or several networks, by the names that a table gives them.

    Two presets of one name are called by their paths. Of a model that trains a
    generator, that is meant.

    Raises:
        PresetError: If `model` names no sound preset.
        ArgumentError: If there is none, or they are not of one scale, or have one name.
    """
    alone = isinstance(model, str) or not isinstance(model, Sequence)
    listed = cast("Sequence[Model]", [model] if alone else model)
    several = [getattr(each, "generator", each) for each in listed]
    names = [_name(each) for each in several]
    if len({*names}) < len(names):
        names = [_name(each, whole=True) for each in several]
    networks = dict(zip(names, map(_open, several), strict=True))
    if len(networks) < len(several) or not several:
        raise ArgumentError(
            "`model` must be one or several networks, each with a name of its own. "
            f"Received: {', '.join(names) or 'none'}"
        )
    if len({network.scale for network in networks.values()}) > 1:
        told = ", ".join(f"{name} (x{each.scale})" for name, each in networks.items())
        raise ArgumentError(
            f"Networks in one table must be of one scale. Received: {told}"
        )
    return networks


def find_methods(
    networks: dict[str, SuperResolver],
    *,
    precision: str,
    ensemble: bool,
    original: bool,
) -> dict[Method, Make]:
    """Bicubic interpolation and the networks, in the order of the rows.

    Args:
        networks: As `open_networks` gives them.
        precision: As for `Engine`.
        ensemble: Mean over the eight flips and turns.
        original: Whether HR itself stands on top.

    Raises:
        ArgumentError: If `precision` is none.
    """
    (scale,) = {network.scale for network in networks.values()}
    methods: dict[Method, Make] = {_ORIGINAL: lambda pair: pair.hr} if original else {}
    methods[BASELINE] = lambda pair: resize(pair.lr, scale=scale)
    for name, network in networks.items():
        engine = Engine(network, precision=precision)
        title = f"{name} (8 views)" if ensemble else name
        methods[title, engine.precision] = _through(engine, ensemble=ensemble)
    return methods


def _through(engine: Engine, *, ensemble: bool) -> Make:
    return lambda pair: enlarge(engine, pair.lr, ensemble=ensemble)


def _name(model: Model, *, whole: bool = False) -> str:
    if isinstance(model, (str, Path)):
        return str(model) if whole else presets.title(Path(model))
    return str(getattr(model, "name", type(model).__name__))


def _open(model: Model) -> SuperResolver:
    if isinstance(model, (str, Path)):
        return SuperResolver.from_preset(model)
    if not hasattr(model, "scale"):
        raise ArgumentError(
            "`model` must be a network of srkit.models, or the name or folder of a "
            f"preset. Received: {type(model).__name__}"
        )
    return model
