"""Steady results of static footage: what stands still is averaged over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from srkit.errors import ArgumentError, ImageError
from srkit.image.motion import compare, stillness

from .levels import check_frames, from_levels, to_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srkit.types import AnyImage, FloatImage

_CUT = 0.5
"""Share of moving pixels from which on it is another scene, or the camera moves."""


class Steady:
    """Blends the unchanged pixels of each result with those before; made once a clip.

    Whether a pixel is unchanged is told from LR, against the running mean of LR there:
    see `srkit.image.motion.compare`, which also says how noise is estimated and which
    motion is too faint to be seen. What moves and `margin` LR pixels around it come out
    as they went in, bit for bit; over as many pixels again the blend grows soft. If
    more than half of the pixels move, all do: a cut, a camera that pans, or a lamp that
    flickers. A blended pixel is the mean of what was seen there since it last moved,
    and from `memory` frames on the running mean, with a share of ``1 / memory``.

    It is for a camera that stands still. Where one pans, detail fainter than the noise
    is blended although it moves.

    Args:
        memory: Frames that a still pixel's mean spans, at most; 1 blends nothing.
        margin: LR pixels around what moves that are left alone too: the network makes
            them of what moves.

    Raises:
        ArgumentError: If either is no whole number from 1.

    Example:
        >>> steady = Steady()
        >>> results = [steady(lr, upscaler(lr)) for lr in frames]
    """

    def __init__(self, *, memory: int = 16, margin: int = 4) -> None:
        for name, value in (("memory", memory), ("margin", margin)):
            if type(value) is not int or value < 1:
                raise ArgumentError(
                    f"`{name}` must be a whole number from 1. Received: {value!r}"
                )
        self.memory, self.margin = memory, margin
        self._state: dict[str, FloatImage] = {}

    def __call__(self, lr: AnyImage, sr: AnyImage) -> AnyImage:
        """Blends the next result.

        Shape:
            ``(h, w, C)`` and ``(H, W, C)`` to ``(H, W, C)``, of any C.

        Args:
            lr: The frame, uint8 or uint16.
            sr: What the network made of it, alike; of any size.

        Returns:
            The same dtype as `sr`.

        Raises:
            ImageError: If one is no such picture, or not of the size of those before.
        """
        self._check(lr=lr, sr=sr)
        new = {"lr": to_levels(lr), "sr": to_levels(sr)}
        seen = np.ones(lr.shape[:2], np.float32)
        if self._state:
            change = compare(new["lr"], self._state["lr"])
            if change.moving.mean() <= _CUT:
                still = stillness(change.moving, self.margin)
                seen += np.minimum(self._state["seen"], self.memory - 1) * still
            kept = (1 - 1 / seen).astype(np.float32)
            new = {name: self._blended(name, new[name], kept) for name in new}
        self._state = {**new, "seen": seen}
        return from_levels(new["sr"], sr.dtype)

    @property
    def blended(self) -> float:
        """Share of the pixels of LR that were blended in the last frame."""
        return float((self._state["seen"] > 1).mean()) if self._state else 0.0

    def state(self) -> dict[str, NDArray[Any]]:
        """What `restore` needs to go on as if nothing had happened; arrays by name."""
        return dict(self._state)

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Goes on where `state` was taken, bit for bit."""
        self._state = dict(state)

    def _blended(self, name: str, new: FloatImage, kept: FloatImage) -> FloatImage:
        share: Any = cv2.resize(kept, new.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        # Where the share is 0 this is `new` to the last bit.
        return new + share[..., None] * (self._state[name] - new)

    def _check(self, **frames: AnyImage) -> None:
        for name, frame in frames.items():
            check_frames(name, [frame])
            before = self._state.get(name, frame).shape
            if frame.shape != before:
                raise ImageError(
                    f"`{name}` must have the shape of the frames before, {before}. "
                    f"Received: {frame.shape}. Begin another clip with a new `Steady`"
                )
