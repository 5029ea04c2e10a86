"""Settings of a degradation: what each may be, and how one is drawn from a range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from srkit.errors import ArgumentError

if TYPE_CHECKING:
    import numpy as np

Range = float | tuple[float, float]
"""A number, or the lowest and the highest between which one is drawn evenly."""

Words = str | tuple[str, ...]
"""A word, or those of which one is drawn."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """What a number may be."""

    low: float
    high: float
    step: float = 0
    """Between the numbers there are, counted from `low`; 0 for all."""
    optional: bool = False
    """None will do, too."""
    pair: bool = True
    """A range will do, too."""

    def check(self, name: str, value: Any) -> None:
        """Raises an ArgumentError if `value` is out of bounds."""
        if value is None and self.optional:
            return
        low, high = self.low, self.high
        ends = value if isinstance(value, tuple) and self.pair else (value, value)
        numbers = all(type(end) in (int, float) for end in ends) and len(ends) == 2
        if not numbers or not low <= ends[0] <= ends[1] <= high:
            raise ArgumentError(
                f"`{name}` must be a number from {low:g} to {high:g}"
                f"{', or a pair (lowest, highest)' if self.pair else ''}. "
                f"Received: {value!r}"
            )
        if self.step and any((end - low) % self.step for end in ends):
            grid = ", ".join(f"{low + n * self.step:g}" for n in range(3))
            raise ArgumentError(
                f"`{name}` must be one of {grid}, ... {high:g}. Received: {value!r}"
            )

    def draw(self, ends: tuple[float, float], rng: np.random.Generator) -> float:
        """Draws a number of a range."""
        low, high = ends
        if self.step:
            last = int((high - low) // self.step)
            return low + self.step * int(rng.integers(last + 1))
        return float(rng.uniform(low, high))


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What a word may be."""

    known: tuple[str, ...]

    def check(self, name: str, value: Any) -> None:
        """Raises an ArgumentError if `value` is another word."""
        given = value if isinstance(value, tuple) else (value,)
        if not given or not all(word in self.known for word in given):
            raise ArgumentError(
                f"`{name}` must be one of {', '.join(self.known)}, or several of them. "
                f"Received: {value!r}"
            )

    def draw(self, several: tuple[str, ...], rng: np.random.Generator) -> str:
        """Draws one of several words."""
        return several[int(rng.integers(len(several)))]


def setting(
    default: Range | None, *, low: float, high: float, step: float = 0, show: str = ""
) -> Any:
    """Declares a numeric field of a degradation.

    Args:
        default: Its value.
        low: The lowest that makes sense.
        high: The highest.
        step: Draw `low`, ``low + step``, ...; 0 for every number between.
        show: How a caption tells a drawn value, as a format string.
    """
    limits = Bounds(low=low, high=high, step=step, optional=default is None)
    return field(default=default, metadata={"limits": limits, "show": show})


def chance(default: float) -> Any:
    """Declares a field that is a probability, which is never a range."""
    limits = Bounds(low=0, high=1, pair=False)
    return field(default=default, metadata={"limits": limits})


def words(default: Words, *, known: Sequence[str]) -> Any:
    """Declares a field that takes one of some words, or several to draw from."""
    return field(default=default, metadata={"limits": Choice(known=tuple(known))})


def number(drawn: Range | None) -> float:
    """The number of a setting that has been drawn.

    Raises:
        ArgumentError: If it has not.
    """
    if isinstance(drawn, int | float):
        return drawn
    raise ArgumentError(
        "Settings must be drawn before they are applied: call the degradation, or "
        f"its `draw` first. Received: {drawn!r}"
    )
