"""Whether the settings of a recipe, typed or read from JSON, are of the right kind."""

from __future__ import annotations

import dataclasses
from typing import Any

from srkit.errors import ArgumentError

_KINDS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    int | float: "a number",
    str: "a text",
    str | None: "a text or null",
    dict: "an object of arguments",
}
"""Types of the settings, as whoever writes JSON knows them."""


def check_types(recipe: Any) -> None:
    """Compares each setting with its default, or a list's items with what it names.

    Args:
        recipe: A dataclass; None as a default stands for a text or nothing.

    Raises:
        ArgumentError: If a setting is of another type.
    """
    for each in dataclasses.fields(recipe):
        value = getattr(recipe, each.name)
        if str(each.type).startswith("tuple["):
            kind: Any = int | float if "float" in str(each.type) else str
            fits = isinstance(value, tuple) and all(_is(item, kind) for item in value)
            wanted = f"a list, each item {_KINDS[kind]}"
        else:
            kind = _kind(each)
            fits, wanted = _is(value, kind), _KINDS[kind]
        if not fits:
            raise ArgumentError(f"`{each.name}` must be {wanted}. Received: {value!r}")


def _is(value: Any, kind: Any) -> bool:
    return isinstance(value, kind) and (kind is bool) is isinstance(value, bool)


def _kind(setting: dataclasses.Field[Any]) -> Any:
    """Type of a setting, by its default."""
    if setting.default is dataclasses.MISSING:
        return dict
    kind = type(setting.default)
    return {float: int | float, type(None): str | None}.get(kind, kind)
