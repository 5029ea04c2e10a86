"""What every degradation is: frozen settings that are drawn, applied, kept as JSON.

A setting is a number, or a pair ``(low, high)`` from which one is drawn evenly. A
degradation that has been drawn holds numbers only: it says in `caption` what will
happen to the picture, and drawing it again changes nothing and takes no randomness.

Pictures are uint8 RGB ``(H, W, 3)``. Everything here happens on the grid of the LR
picture, because that is the grid of the camera: lens and motion blur the picture
before it is sampled, but a clean LR picture is limited to the frequencies of its grid,
where to blur before sampling and after it is the same; noise, lines, text and blocks
are born on that grid. It is 1/scale² of the work on HR, too. Only what is published
otherwise (`RealESRGAN`) starts from HR.
"""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar

import numpy as np

from srkit.errors import ArgumentError, ImageError
from srkit.types import ByteImage

Range = float | tuple[float, float]
"""A number, or the lowest and the highest between which one is drawn evenly."""

Words = str | tuple[str, ...]
"""A word, or those of which one is drawn."""


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
    bounds = {"low": low, "high": high, "step": step}
    bounds |= {"optional": default is None, "pair": True}
    return field(default=default, metadata={"bounds": bounds, "show": show})


def chance(default: float) -> Any:
    """Declares a field that is a probability, which is never a range."""
    bounds = {"low": 0, "high": 1, "step": 0, "optional": False, "pair": False}
    return field(default=default, metadata={"bounds": bounds})


def words(default: Words, *, known: Sequence[str]) -> Any:
    """Declares a field that takes one of some words, or several to draw from."""
    return field(default=default, metadata={"known": tuple(known)})


@dataclass(frozen=True, kw_only=True)
class Degradation(ABC):
    """Base of all degradations: ``degradation(image, rng)`` gives the worse picture.

    Raises:
        ArgumentError: If a setting is out of its range.
    """

    kind: ClassVar[str]
    """Its name at the command line and in JSON."""

    def __post_init__(self) -> None:
        for about in fields(self):
            value = getattr(self, about.name)
            if "bounds" in about.metadata:
                _check_range(about.name, value, **about.metadata["bounds"])
            elif "known" in about.metadata:
                _check_words(about.name, value, about.metadata["known"])

    def __call__(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Degrades one picture.

        Shape:
            ``(H, W, 3)`` to the same, uint8 RGB.

        Raises:
            ImageError: If `image` is no such picture, or too small.
            ArgumentError: If `rng` is no `numpy.random.Generator`.
            MissingExtraError: If a codec is asked for and PyAV is not installed.
        """
        lr, _ = self.pair(image, image, rng, scale=1)
        return lr

    def pair(
        self, lr: ByteImage, hr: ByteImage, rng: np.random.Generator, *, scale: int
    ) -> tuple[ByteImage, ByteImage]:
        """Degrades a clean LR picture; gives it with the HR picture to learn from.

        Shape:
            LR ``(h, w, 3)`` and HR ``(h * scale, w * scale, 3)``, kept.

        Args:
            lr: What a clean downscaling gave.
            hr: The picture it was made of.
            rng: Source of all randomness.
            scale: Whole factor between LR and HR.

        Raises:
            ImageError: If one is no such picture, or too small.
        """
        if not isinstance(rng, np.random.Generator):
            raise ArgumentError(
                "`rng` must be a numpy.random.Generator, such as default_rng(0). "
                f"Received: {rng!r}"
            )
        for image in (lr, hr):
            _check_picture(image, self.kind, self.least)
        return self.draw(rng, scale=scale).apply_to_pair(lr, hr, rng, scale=scale)

    def draw(self, rng: np.random.Generator, *, scale: int = 1) -> Degradation:
        """Draws a number from each range."""
        del scale
        drawn = {
            about.name: _drawn(getattr(self, about.name), about.metadata, rng)
            for about in fields(self)
        }
        return replace(self, **drawn)

    @property
    def parts(self) -> tuple[Degradation, ...]:
        """The degradations that it is made of."""
        return ()

    @property
    def least(self) -> int:
        """The shortest side of a picture that it can work on, in pixels."""
        return max((part.least for part in self.parts), default=2)

    @property
    def from_hr(self) -> bool:
        """Whether it makes LR out of HR, and does without a clean LR."""
        return any(part.from_hr for part in self.parts)

    @property
    def word(self) -> str:
        """Its kind, and a mark of its settings where they are not the usual ones."""
        if all(getattr(self, about.name) == about.default for about in fields(self)):
            return self.kind
        settings = json.dumps(self.to_dict(), sort_keys=True)
        return f"{self.kind}.{hashlib.sha256(settings.encode()).hexdigest()[:6]}"

    def require(self) -> None:
        """Makes sure before a training begins that the packages it needs are there.

        Raises:
            MissingExtraError: If one is not.
        """
        for part in self.parts:
            part.require()

    @abstractmethod
    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Degrades one picture by settings that have been drawn."""

    def apply_to_pair(
        self, lr: ByteImage, hr: ByteImage, rng: np.random.Generator, *, scale: int
    ) -> tuple[ByteImage, ByteImage]:
        """Degrades LR, and marks HR, by settings that have been drawn."""
        return self.apply(lr, rng), self.mark(hr, scale=scale)

    def film(
        self, frames: Sequence[ByteImage], rng: np.random.Generator
    ) -> list[ByteImage]:
        """Degrades the frames of one short clip; each has noise of its own."""
        return [self.apply(frame, rng) for frame in frames]

    def mark(self, hr: ByteImage, *, scale: int) -> ByteImage:
        """Puts into HR what shall be there too; only text on the screen does so."""
        del scale
        return hr

    @property
    def caption(self) -> str:
        """What has been drawn, in a few words."""
        said = [
            about.metadata["show"].format(value)
            for about in fields(self)
            if about.metadata.get("show")
            and isinstance(value := getattr(self, about.name), int | float)
        ]
        return " ".join(said) or self.kind

    def to_dict(self) -> dict[str, Any]:
        """The settings as JSON holds them; `from_dict` makes the degradation anew."""
        return {
            "kind": self.kind,
            **{about.name: _plain(getattr(self, about.name)) for about in fields(self)},
        }


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


def _check_picture(image: Any, kind: str, least: int) -> None:
    dtype, shape = getattr(image, "dtype", None), tuple(getattr(image, "shape", ()))
    if len(shape) != 3 or shape[2] != 3 or dtype != np.uint8:
        raise ImageError(
            "A degradation takes uint8 RGB of shape (H, W, 3). "
            f"Received: {dtype} {shape}"
        )
    if min(shape[:2]) < least:
        raise ImageError(
            f"{kind} needs pictures of at least {least}x{least} pixels. "
            f"Received: {shape[1]}x{shape[0]}"
        )


def _check_range(
    name: str,
    value: Any,
    *,
    low: float,
    high: float,
    step: float,
    optional: bool,
    pair: bool,
) -> None:
    if value is None and optional:
        return
    ends: tuple[Any, ...] = (value, value)
    if isinstance(value, tuple) and pair:
        ends = value
    numbers = all(type(end) in (int, float) for end in ends) and len(ends) == 2
    if not numbers or not low <= ends[0] <= ends[1] <= high:
        raise ArgumentError(
            f"`{name}` must be a number from {low:g} to {high:g}"
            f"{', or a pair (lowest, highest)' if pair else ''}. Received: {value!r}"
        )
    if step and any((end - low) % step for end in ends):
        grid = ", ".join(f"{low + n * step:g}" for n in range(3))
        raise ArgumentError(
            f"`{name}` must be one of {grid}, ... {high:g}. Received: {value!r}"
        )


def _check_words(name: str, value: Any, known: tuple[str, ...]) -> None:
    given = value if isinstance(value, tuple) else (value,)
    if not given or not all(word in known for word in given):
        raise ArgumentError(
            f"`{name}` must be one of {', '.join(known)}, or several of them. "
            f"Received: {value!r}"
        )


def _drawn(value: Any, about: Any, rng: np.random.Generator) -> Any:
    if not isinstance(value, tuple):
        return value
    if "known" in about:
        return value[int(rng.integers(len(value)))]
    if "bounds" not in about:
        return value
    low, high = value
    if step := about["bounds"]["step"]:
        return low + step * int(rng.integers((high - low) // step + 1))
    return float(rng.uniform(low, high))


def _plain(value: Any) -> Any:
    if isinstance(value, Degradation):
        return value.to_dict()
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
