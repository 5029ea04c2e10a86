"""What a frame has of those around it: fused before the network, blended after it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.inference.video.fusion import Fusion
from srkit.inference.video.steady import Steady

if TYPE_CHECKING:
    from srkit.inference.video.pipeline import Shot
    from srkit.inference.video.report import Watch
    from srkit.inference.video.settings import Settings


class Around:
    """Fuses the frames of a job and blends their results, one after the other.

    Frames that stand in for damaged ones lend what is sound of them to those around;
    they themselves are left as they are.

    Args:
        settings: Of these `fuse`, `steady` and `roi`.
        watch: Where the time that it takes is counted.
        first: Number of the first frame to enlarge; those before are only looked at.
        state: What `state` told after the frame before that; nothing at the beginning.
    """

    def __init__(
        self, settings: Settings, watch: Watch, *, first: int, state: dict[str, Any]
    ) -> None:
        self.first, self.begin = first, first - settings.fuse // 2
        """Number of the first frame that is looked at, to fuse the first."""
        self._region, self._watch = settings.roi, watch
        self._fusion = Fusion(settings.fuse) if settings.fuse > 1 else None
        self._steady = Steady() if settings.steady else None
        # Of all frames: their number, frames used, shares of moving and blended pixels.
        self._sums = state.pop("sums", np.zeros(4))
        if self._steady is not None:
            self._steady.restore(state)

    def fused(self, shots: Iterator[Shot]) -> Iterator[Shot]:
        """Each shot from the first on, once its neighbours have been laid on it."""
        if self._fusion is None:
            yield from shots
            return
        waiting: deque[Shot] = deque()
        for shot in chain(shots, [None]):
            with self._watch.time("fuse"):
                done = self._fusion(shot.lr[0]) if shot else self._fusion.finish()
            if shot:
                waiting.append(shot)
            for fused in done:
                ready = waiting.popleft()
                if ready.frame.index >= self.first:
                    yield replace(ready, lr=(fused.frame,), fused=fused)

    def blended(self, shot: Shot) -> Shot:
        """The next shot, its still pixels the mean of those before."""
        if shot.frame.trouble:
            return shot
        blended = 0.0
        if self._steady is not None:
            lr = shot.lr[0] if self._region is None else self._region.cut(shot.lr[0])
            with self._watch.time("steady"):
                shot = replace(shot, sr=(self._steady(lr, shot.sr[0]),))
            blended = self._steady.blended
        used, moving = 0, 0.0
        if shot.fused is not None:
            used, moving = shot.fused.used, float(shot.fused.moving.mean())
        self._sums += (1, used, moving, blended)
        return shot

    def state(self) -> dict[str, Any]:
        """What the frames after the last one blended need to know: arrays by name."""
        if self._fusion is None and self._steady is None:
            return {}
        known = {} if self._steady is None else self._steady.state()
        return {**known, "sums": self._sums}

    @property
    def said(self) -> list[str]:
        """What was fused and blended, for the report."""
        frames, *sums = self._sums
        used, moving, blended = (each / max(1, frames) for each in sums)
        said = []
        if self._fusion is not None:
            said.append(
                f"each frame was fused of {used:.1f} on average; {moving:.1%} of the "
                "pixels moved and stand alone"
            )
        if self._steady is not None:
            said.append(f"{blended:.1%} of the pixels stood still and were averaged")
        return said
