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
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

import numpy as np

from srkit.errors import ArgumentError, ImageError
from srkit.types import ByteImage


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
            if limits := about.metadata.get("limits"):
                limits.check(about.name, getattr(self, about.name))

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
            about.name: about.metadata["limits"].draw(value, rng)
            for about in fields(self)
            if isinstance(value := getattr(self, about.name), tuple)
            and "limits" in about.metadata
        }
        return replace(self, **drawn) if drawn else self

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


def _plain(value: Any) -> Any:
    if isinstance(value, Degradation):
        return value.to_dict()
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
