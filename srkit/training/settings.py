"""What makes a run this run: two with other settings never share checkpoints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import keras


def describe(
    model: keras.Model, network: keras.Model, extra: dict[str, Any]
) -> dict[str, Any]:
    """Collects the settings that decide what a run computes, as JSON holds them.

    Names of objects are left out, since Keras numbers them anew in each process, and
    so is the number of epochs: a run may be made longer. So is a constant learning
    rate, which callbacks may change: a resumed run goes on with the one it had.

    Args:
        model: The compiled model.
        network: The part of it that is kept.
        extra: Settings that the model does not know: EMA, data, recipe.
    """
    settings = {
        "network": _config(network),
        "weights": [list(variable.shape) for variable in model.variables],
        "loss": _config(getattr(model, "loss", None)),
        **{name: _rules(_config(each)) for name, each in optimizers(model).items()},
        **getattr(model, "settings", {}),
        **extra,
    }
    return _unnamed(json.loads(json.dumps(settings, default=str)))


def optimizers(model: keras.Model) -> dict[str, keras.optimizers.Optimizer]:
    """The model's optimisers by attribute: one as a rule, two in adversarial training.

    An optimiser that two attributes name is listed once.
    """
    found: dict[int, tuple[str, Any]] = {}
    for name, value in vars(model).items():
        if isinstance(value, keras.optimizers.Optimizer):
            found.setdefault(id(value), (name.lstrip("_"), value))
    return dict(found.values())


def first_difference(stored: dict[str, Any], wanted: dict[str, Any]) -> str | None:
    """Names the first setting in which two runs differ, with both values."""
    old, new = dict(_flat(stored)), dict(_flat(wanted))
    for name in sorted(old.keys() | new.keys()):
        before, now = old.get(name, "unset"), new.get(name, "unset")
        if before != now:
            return f"`{name}` was {before!s:.80} and is now {now!s:.80}"
    return None


def _config(thing: Any) -> Any:
    """Config of a Keras object; layers of a plain functional model are numbered."""
    if thing is None or isinstance(thing, str):
        return {"name_of": thing}
    if not hasattr(thing, "get_config"):
        return {"name_of": getattr(thing, "__name__", type(thing).__name__)}
    config = dict(thing.get_config())
    if "layers" in config:
        return {"layers": len(config["layers"])}
    return {"class": type(thing).__name__, **config}


def _rules(config: Any) -> Any:
    """Config of an optimiser; a rate that is no schedule is state, not a setting.

    Keras gives it as it is now, which `ReduceLROnPlateau` and its like change. Some
    optimisers hold others: `Players`, and whatever scales a loss.
    """
    if not isinstance(config, dict):
        return config
    return {
        name: _rules(value)
        for name, value in config.items()
        if not (name == "learning_rate" and isinstance(value, float))
    }


def _unnamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unnamed(item) for key, item in value.items() if key != "name"}
    return [_unnamed(item) for item in value] if isinstance(value, list) else value


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Leaves of nested dicts, by dotted path; a list is one leaf."""
    if not isinstance(value, dict):
        yield path, value
        return
    for key, item in value.items():
        yield from _flat(item, f"{path}.{key}" if path else key)
