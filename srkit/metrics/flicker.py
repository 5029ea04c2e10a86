"""Flicker: whether a network makes of still footage what trembles."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.errors import DataError, ImageError
from srkit.image.motion import compare, stillness
from srkit.image.resampling import resize

from .planes import array_levels, planes
from .protocol import CHANNELS, Protocol, Score

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MARGIN = 4


class Flicker:
    """How much more the results of a clip tremble than bicubic's: 1 if no more.

    The mean of |SR(t) - SR(t-1)| over the still pixels of all pairs of consecutive
    frames, divided by that of bicubic enlargement of the same LR, both in levels of a
    file on Y. Still is what `srkit.image.motion.compare` finds no motion in between the
    two LR frames, 4 pixels from any motion: noise and what a codec adds are left, and
    bicubic shows them too. Where nothing changes, as in a clip without noise, the ratio
    is 1 if SR does not change either, and infinite if it does.

    Args:
        scale: Factor between LR and SR.
        shave: Pixels of SR left out at each border; None for `scale`.
        channel: "y", "y_full" or "rgb", as for `psnr`.

    Raises:
        ArgumentError: As for `Protocol`.

    Example:
        >>> flicker = srkit.metrics.Flicker(scale=2)
        >>> for lr in frames:
        ...     flicker.update(lr, upscaler(lr))
        >>> print(flicker.result())
    """

    def __init__(
        self, *, scale: int, shave: int | None = None, channel: str = "y"
    ) -> None:
        shave = scale if shave is None else shave
        self.scale, self.protocol = scale, Protocol(shave=shave, channel=channel)
        self.reset()

    def reset(self) -> None:
        """Forgets all frames."""
        self._before: tuple[NDArray[Any], ...] | None = None
        self._sums = np.zeros(2)
        self._still = self._all = 0

    def update(self, lr: Any, sr: Any) -> None:
        """Adds the next frame of the clip.

        Shape:
            ``(H, W, C)`` and ``(H * scale, W * scale, C)``, C of 1 or 3.

        Args:
            lr: What the network was given: an array of uint8, uint16, or float in
                [0, 1].
            sr: What it made of it, alike.

        Raises:
            ImageError: If they are no pictures, or of another size than those before
                or than each other times `scale`.
        """
        levels = array_levels("lr", lr, black=0.0).astype(np.float32)
        bicubic = resize(lr, scale=self.scale)
        if np.issubdtype(lr.dtype, np.floating):
            bicubic = bicubic.clip(0, 1)
        pictures = planes(bicubic, sr, self.protocol, smallest=1, black=0.0)
        frame = levels, *pictures
        if self._before is not None:
            self._add(*zip(self._before, frame, strict=True))
        self._before = frame

    def result(self) -> Score:
        """The ratio, and what it was measured on.

        Raises:
            DataError: If no pixel stood still between two frames.
        """
        if not self._still:
            raise DataError(
                "Flicker needs two frames with pixels that stand still. "
                f"Received: {self._all} pixels of pairs, none of them still"
            )
        bicubic, sr = (float(total) for total in self._sums)
        ratio = sr / bicubic if bicubic else (inf if sr else 1.0)
        channel, shave = CHANNELS[self.protocol.channel], self.protocol.shave
        stamp = f"{channel}|shave{shave}|uint8|consecutive|still5x5"
        return Score(ratio, quantity="flicker", protocol=stamp)

    @property
    def still(self) -> float:
        """Share of the pixels, over all pairs of frames, that stood still."""
        return self._still / self._all if self._all else 0.0

    def _add(self, lr: Any, *pictures: Any) -> None:
        """Adds a pair of frames: of LR, of bicubic's and of SR's planes."""
        before, now = lr
        if before.shape != now.shape:
            raise ImageError(
                f"`lr` must have the shape of the frame before, {before.shape}. "
                f"Received: {now.shape}. Begin another clip with `reset`"
            )
        still = stillness(compare(now, before).moving, _MARGIN) > 0
        inside = slice(self.protocol.shave, -self.protocol.shave or None)
        for axis in (0, 1):
            still = still.repeat(self.scale, axis)
        still = still[inside, inside]
        changes = [np.abs(now - before).mean(axis=2) for before, now in pictures]
        self._sums += [change[still].sum() for change in changes]
        self._still += int(still.sum())
        self._all += still.size
