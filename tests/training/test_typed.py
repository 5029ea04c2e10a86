"""Settings of the wrong type are named, whoever typed them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from srkit.errors import ArgumentError
from srkit.training.typed import check_types


@dataclass
class Settings:
    whole: int = 1
    number: float = 0.5
    switch: bool = False
    text: str = "l1"
    maybe: str | None = None
    names: tuple[str, ...] = ()
    shares: tuple[float, ...] = (0.5,)
    options: dict[str, int] = field(default_factory=dict)


def test_what_fits_passes():
    check_types(Settings())
    check_types(Settings(number=2, maybe="a", names=("a",), shares=(1, 0.2)))


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("whole", 1.5, "a whole number"),
        ("whole", True, "a whole number"),
        ("number", "2", "a number"),
        ("switch", 1, "true or false"),
        ("text", None, "a text"),
        ("maybe", 3, "a text or null"),
        ("names", (1,), "a list, each item a text"),
        ("names", "abc", "a list"),
        ("shares", ("0.5",), "a list, each item a number"),
        ("options", [], "an object of arguments"),
    ],
)
def test_what_does_not_is_named(name, value, wanted):
    with pytest.raises(ArgumentError, match=f"`{name}` must be {wanted}"):
        check_types(Settings(**{name: value}))
