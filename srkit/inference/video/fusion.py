"""What several frames of a fixed camera know together, as one frame with less noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.errors import ArgumentError
from srkit.image.motion import compare, stillness
from srkit.image.registration import Alignment, inner, register

from .levels import check_frames, from_levels, to_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srkit.types import AnyImage, FloatImage

_TUKEY = 4.685
_MARGIN = 2
"""Pixels around what moved that are not fused either."""
_LEAST = 0.25
"""Share of a frame that must lie on the chosen one for the frame to be used at all."""


@dataclass(frozen=True, kw_only=True)
class Fused:
    """A frame made of several, and what of them was used."""

    frame: AnyImage
    """In size, dtype and brightness the chosen frame."""
    moving: NDArray[np.bool_]
    """Where the chosen frame stands alone, ``(H, W)``: something moved in all others.
    """
    alignments: tuple[Alignment | None, ...]
    """What laid each frame on the chosen one; None for one that was not used."""

    @property
    def used(self) -> int:
        """How many frames were used, the chosen one included."""
        return sum(alignment is not None for alignment in self.alignments)


def fuse(frames: Sequence[AnyImage], *, chosen: int | None = None) -> Fused:
    """Lays frames of a fixed camera on the chosen one and takes their robust mean.

    Each frame is shifted, and brightened where the lamp flickers, to lie on the chosen
    one. It counts where nothing moved between the two, by Tukey's weight of the
    difference in noise. Where something moved in one frame the others still count;
    where it stands in the chosen one that is left alone, to the bit. A frame of which
    less than a quarter lies on the chosen one is not used, as after a cut.

    Shape:
        ``(H, W, C)`` each, of any C.

    Args:
        frames: uint8 or uint16, all of one size and dtype.
        chosen: Which one to lay the others on; None for the middle.

    Raises:
        ArgumentError: If there are none, or no frame is number `chosen`.
        ImageError: If they differ in size or dtype, or are no such pictures.

    Source:
        Shift and add: Farsiu et al., Fast and Robust Multiframe Super Resolution, IEEE
        TIP 2004, here on the grid of LR, with Tukey's weights for the median.
    """
    if not len(frames):
        raise ArgumentError("`frames` must hold at least one. Received: none")
    index = len(frames) // 2 if chosen is None else chosen
    if not 0 <= index < len(frames):
        raise ArgumentError(
            f"`chosen` must be from 0 to {len(frames) - 1}. Received: {chosen}"
        )
    check_frames("frames", frames)
    levels = [to_levels(frame) for frame in frames]
    base = levels.pop(index)
    total, weight = base.copy(), np.ones_like(base)
    alignments: list[Alignment | None] = []
    for frame in levels:
        alignment = register(base, frame)
        aligned = alignment.apply(frame)
        share = _share(base, aligned, alignment)
        used = float((share > 0).mean()) >= _LEAST
        alignments.append(alignment if used else None)
        if used:
            total += share * aligned
            weight += share
    alignments.insert(index, Alignment())
    return Fused(
        frame=from_levels(total / weight, frames[index].dtype),
        moving=(weight == 1).all(axis=2),
        alignments=tuple(alignments),
    )


class Fusion:
    """Fuses each frame of a clip with those around it; made once a clip.

    Frames come out in the order in which they went in, each once, as soon as the
    ``n - n // 2 - 1`` frames after it are there; it is laid on with the ``n // 2``
    before it. At both ends of the clip there are fewer.

    Args:
        n: Frames that are fused to one; 1 leaves all as they are.

    Raises:
        ArgumentError: If `n` is no whole number from 1.

    Example:
        >>> fusion = Fusion(8)
        >>> for frame in frames:
        ...     for fused in fusion(frame):
        ...         write(upscaler(fused.frame))
        >>> for fused in fusion.finish():
        ...     write(upscaler(fused.frame))
    """

    def __init__(self, n: int) -> None:
        if type(n) is not int or n < 1:
            raise ArgumentError(f"`n` must be a whole number from 1. Received: {n!r}")
        self.n = n
        self._window: list[AnyImage] = []
        self._next = 0  # the place in the window of the frame that comes out next

    def __call__(self, frame: AnyImage) -> list[Fused]:
        """Takes the next frame, and gives the one that is complete now, if any is.

        Raises:
            ImageError: As `fuse` does.
        """
        check_frames("frames", [*self._window[-1:], frame])
        self._window.append(frame)
        if len(self._window) > self.n:
            self._window.pop(0)
            self._next -= 1
        after = len(self._window) - 1 - self._next
        return [self._fused()] if after >= self.n - self.n // 2 - 1 else []

    def finish(self) -> list[Fused]:
        """Gives the frames that are left when no other comes."""
        return [self._fused() for _ in self._window[self._next :]]

    def state(self) -> dict[str, NDArray[Any]]:
        """What `restore` needs to go on as if nothing had happened; arrays by name."""
        if not self._window:
            return {}
        return {"window": np.stack(self._window), "next": np.array(self._next)}

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Goes on where `state` was taken, bit for bit."""
        self._window = list(state.get("window", ()))
        self._next = int(state.get("next", 0))

    def _fused(self) -> Fused:
        start = max(0, self._next - self.n // 2)
        fused = fuse(self._window[start:], chosen=self._next - start)
        self._next += 1
        return fused


def _share(base: FloatImage, aligned: FloatImage, alignment: Alignment) -> FloatImage:
    """How much each value of an aligned frame counts beside the chosen one's 1."""
    change = compare(base, aligned)
    still = np.zeros(base.shape[:2], np.float32)
    where = inner(base.shape, alignment)
    still[where] = stillness(change.moving, _MARGIN)[where]
    outlying = (aligned - base) / (_TUKEY * change.noise)
    return still[..., None] * np.maximum(0, 1 - outlying * outlying) ** 2
