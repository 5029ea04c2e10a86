"""Degradations put together: one after the other, one of several, now and then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from srkit.data.degradations.base import Degradation
from srkit.data.degradations.codecs import VideoCodec
from srkit.data.degradations.overlay import OnScreenText
from srkit.data.degradations.resizing import Resize
from srkit.data.degradations.settings import chance, words
from srkit.data.degradations.warping import Warp
from srkit.errors import ArgumentError
from srkit.types import ByteImage


@dataclass(frozen=True, kw_only=True)
class Chain(Degradation):
    """Degradations one after the other.

    With a video codec among them the picture becomes the last frame of a clip before
    the first step, so that the codec sees noise that changes from frame to frame.

    Args:
        steps: The degradations; a chain among them is taken apart. A `Warp`, which
            changes HR too, comes first.
        start: "lr" to degrade the clean LR picture, "hr" to make LR out of HR. What
            steps count in pixels they count on the grid that they find, but for text
            on the screen, which is counted in LR pixels.

    Raises:
        ArgumentError: If a step is no degradation, or a `Warp` follows another step.
    """

    kind = "chain"

    steps: tuple[Degradation, ...] = ()
    start: str = words("lr", known=("lr", "hr"))

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_steps(self.steps)
        if any(map(_warps, self.steps[1:])):
            raise ArgumentError(
                "A Warp makes LR anew and must be the first of the `steps`. "
                f"Received: {', '.join(step.kind for step in self.steps)}"
            )

    def draw(self, rng: np.random.Generator, *, scale: int = 1) -> Degradation:
        """Draws every step."""
        steps: list[Degradation] = []
        starts = {self.start}
        for step in self.steps:
            drawn = step.draw(rng, scale=scale)
            if isinstance(drawn, Chain):
                starts.add(drawn.start)
                steps += drawn.steps
            else:
                steps.append(drawn)
        return replace(self, steps=tuple(steps), start="hr" if "hr" in starts else "lr")

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Applies the steps; the size that they end with is kept."""
        return self._degraded(image, rng, lr_size=image.shape[:2])

    def _degraded(
        self, image: ByteImage, rng: np.random.Generator, *, lr_size: tuple[int, int]
    ) -> ByteImage:
        codecs = (step for step in self.steps if isinstance(step, VideoCodec))
        codec = next(codecs, None)
        frames: Sequence[ByteImage] = codec.clip(image) if codec else [image]
        for step in self.steps:
            if isinstance(step, Resize):
                frames = [step.resized(frame, image.shape[:2]) for frame in frames]
            elif isinstance(step, OnScreenText):
                frames = [step.written(frame, lr_size) for frame in frames]
            else:
                frames = step.film(frames, rng)
        return frames[-1]

    def apply_to_pair(
        self, lr: ByteImage, hr: ByteImage, rng: np.random.Generator, *, scale: int
    ) -> tuple[ByteImage, ByteImage]:
        """Degrades LR, or makes it out of HR; its size is that of the clean one."""
        if self.steps and isinstance(warp := self.steps[0], Warp):
            lr, hr = warp.apply_to_pair(lr, hr, rng, scale=scale)
            others = replace(self, steps=self.steps[1:])
            return others.apply_to_pair(lr, hr, rng, scale=scale)
        start = hr if self.start == "hr" else lr
        degraded = self._degraded(start, rng, lr_size=lr.shape[:2])
        if degraded.shape != lr.shape:
            size = (lr.shape[1], lr.shape[0])
            resized = cv2.resize(degraded, size, interpolation=cv2.INTER_CUBIC)
            degraded = np.asarray(resized, dtype=np.uint8)
        return degraded, self.mark(hr, scale=scale)

    def mark(self, hr: ByteImage, *, scale: int) -> ByteImage:
        """Puts into HR what the steps put there."""
        for step in self.steps:
            hr = step.mark(hr, scale=scale)
        return hr

    @property
    def parts(self) -> tuple[Degradation, ...]:
        """Its steps."""
        return self.steps

    @property
    def from_hr(self) -> bool:
        """Whether it, or a chain in it, starts from HR."""
        return self.start == "hr" or super().from_hr

    @property
    def caption(self) -> str:
        """The captions of its steps."""
        return ", ".join(step.caption for step in self.steps) or "nothing"


@dataclass(frozen=True, kw_only=True)
class OneOf(Degradation):
    """One of several degradations, drawn.

    Args:
        choices: The degradations.
        weights: How often each is drawn, relative to the others; evenly if empty.

    Raises:
        ArgumentError: If there are no choices, or not as many weights.
    """

    kind = "one-of"

    choices: tuple[Degradation, ...]
    weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_steps(self.choices)
        fitting = len(self.weights) in (0, len(self.choices))
        if not self.choices or not fitting or any(not w >= 0 for w in self.weights):
            raise ArgumentError(
                "`weights` must be numbers from 0, one for each of the `choices`. "
                f"Received: {self.weights} for {len(self.choices)} choices"
            )
        if self.weights and not sum(self.weights):
            raise ArgumentError("One of the `weights` must be above 0. Received: none")

    def draw(self, rng: np.random.Generator, *, scale: int = 1) -> Degradation:
        """Draws one, and its settings."""
        ends = np.cumsum(self.weights or np.ones(len(self.choices)))
        pick = int(np.searchsorted(ends, rng.random() * ends[-1], side="right"))
        return self.choices[pick].draw(rng, scale=scale)

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Draws one and applies it."""
        return self.draw(rng).apply(image, rng)

    @property
    def parts(self) -> tuple[Degradation, ...]:
        """Its choices."""
        return self.choices


@dataclass(frozen=True, kw_only=True)
class Sometimes(Degradation):
    """A degradation that happens by chance.

    Args:
        step: The degradation.
        chance: How often, from 0 to 1.
    """

    kind = "sometimes"

    step: Degradation
    chance: float = chance(0.5)

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_steps((self.step,))

    def draw(self, rng: np.random.Generator, *, scale: int = 1) -> Degradation:
        """Draws whether, and how."""
        happens = rng.random() < self.chance
        return self.step.draw(rng, scale=scale) if happens else Chain()

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Draws and applies it."""
        return self.draw(rng).apply(image, rng)

    @property
    def parts(self) -> tuple[Degradation, ...]:
        """Its step."""
        return (self.step,)


def _warps(step: Degradation) -> bool:
    return isinstance(step, Warp) or any(map(_warps, step.parts))


def _check_steps(steps: Any) -> None:
    if not isinstance(steps, tuple):
        raise ArgumentError(
            f"Degradations are put together as a tuple. Received: {steps!r:.60}"
        )
    for step in steps:
        if not isinstance(step, Degradation):
            raise ArgumentError(
                f"A step must be a degradation, such as JPEG(). Received: {step!r:.60}"
            )
