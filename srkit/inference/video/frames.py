"""A frame on its way, and what holds for all of a film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fractions import Fraction

    from srkit.inference.video.color import Color


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One picture of a film, with its time."""

    index: int
    """Its number, from 0."""
    pts: int
    """When it is shown, in the film's time base."""
    duration: int
    """How long, in the same unit."""
    image: Any
    """PyAV's frame as decoded."""
    trouble: str = ""
    """Why it is not what was filmed; empty where it is."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of a film before its first frame is enlarged."""

    height: int
    width: int
    pixel_format: str
    """FFmpeg's name: "yuv420p", "yuv420p10le", "gray", ..."""
    color: Color
    time_base: Fraction
    """Seconds of one tick."""
    rate: Fraction
    """Frames a second, on average."""
    frames: int | None = None
    """How many, as far as can be known before; None for a camera."""
    aspect: Fraction | None = None
    """Width of a pixel over its height, where the film says so."""
    orientation: bytes = b""
    """The display matrix, nine 32-bit integers; empty where the film has none."""

    def seconds(self, ticks: int) -> float:
        """A time in the film's time base, in seconds."""
        return float(ticks * self.time_base)
