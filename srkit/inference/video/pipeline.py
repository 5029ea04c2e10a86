"""Frames on their way: decoded, enlarged and encoded at the same time.

The first and the last step see the frames one after the other, the network may work on
several at once; so what looks at neighbouring frames belongs into those two: fusion
before the network, the blend of still pixels after it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.image import resize
from srkit.inference.stages import in_stages

if TYPE_CHECKING:
    from srkit.inference.video.frames import Frame
    from srkit.inference.video.fusion import Fusion
    from srkit.inference.video.region import Region
    from srkit.inference.video.report import Watch
    from srkit.inference.video.routes import Arrays, Route
    from srkit.inference.video.steady import Steady


@dataclass(frozen=True)
class Shot:
    """A frame and its arrays."""

    frame: Frame
    lr: Arrays = ()
    sr: Arrays = ()


@dataclass
class Pipeline:
    """The steps that each frame takes.

    Args:
        route: Between frames and arrays.
        size: Height and width of the pictures out, without what stands beside them.
        region: The part to enlarge; None for the whole.
        halo: How far the network sees; None if everywhere.
        side_by_side: Whether the source stands on the left, enlarged without network.
        watch: Where the time that the steps take is counted.
        fusion: Lays neighbouring frames on each other before the network.
        steady: Blends still pixels of results.
        first: Number of the first frame to enlarge; those before are only looked at.
    """

    route: Route
    size: tuple[int, int]
    region: Region | None
    halo: int | None
    side_by_side: bool
    watch: Watch
    fusion: Fusion | None = None
    steady: Steady | None = None
    first: int = 0

    def run(
        self,
        frames: Iterator[Frame],
        write: Callable[[Any, Frame], None],
        on_frame: Callable[[Frame], None],
        *,
        at_once: int,
    ) -> None:
        """Takes all frames through.

        Args:
            frames: Decoded ones.
            write: Takes each enlarged frame, in order.
            on_frame: Called after each.
            at_once: How many the network works on at the same time.
        """

        def encode(shot: Shot) -> Shot:
            with self.watch.time("encode"):
                image = self.route.give(self._arranged(self._blended(shot)))
                write(image, shot.frame)
            return Shot(shot.frame)

        in_stages(
            self._shots(frames),
            read=lambda shot: shot,
            work=self._enlarge,
            write=encode,
            behind=lambda _: 2,
            on_done=lambda shot: on_frame(shot.frame),
            at_once=at_once,
        )

    def _shots(self, frames: Iterator[Frame]) -> Iterator[Shot]:
        """What the network is to see, frame after frame."""
        taken = self._taken(frames)
        for shot in taken if self.fusion is None else self._fused(taken, self.fusion):
            if shot.frame.index >= self.first:
                yield shot

    def _taken(self, frames: Iterator[Frame]) -> Iterator[Shot]:
        while True:
            with self.watch.time("decode"):
                frame = next(frames, None)
                if frame is None:
                    return
                lr = self.route.take(frame.image)
            yield Shot(replace(frame, image=None), lr)

    def _fused(self, shots: Iterator[Shot], fusion: Fusion) -> Iterator[Shot]:
        """Each shot once its neighbours have been laid on it."""
        waiting: deque[Shot] = deque()
        for shot in chain(shots, [None]):
            with self.watch.time("fuse"):
                done = fusion.finish() if shot is None else fusion(shot.lr[0])
            if shot is not None:
                waiting.append(shot)
            for fused in done:
                yield replace(waiting.popleft(), lr=(fused.frame,))

    def _enlarge(self, shot: Shot) -> Shot:
        with self.watch.time("network"):
            if shot.frame.trouble:
                sr = self._bicubic(shot.lr)
            elif self.region is not None:
                upscaler = self.route.upscaler
                sr = (self.region.enlarge(upscaler, shot.lr[0], self.halo),)
            else:
                sr = self.route.enlarge(shot.lr)
        return replace(shot, sr=sr)

    def _bicubic(self, lr: Arrays) -> Arrays:
        if self.region is not None:
            return (resize(self.region.cut(lr[0]), self.size),)
        return self.route.bicubic(lr, self.size)

    def _blended(self, shot: Shot) -> Shot:
        if self.steady is None:
            return shot
        lr = shot.lr[0] if self.region is None else self.region.cut(shot.lr[0])
        with self.watch.time("steady"):
            return replace(shot, sr=(self.steady(lr, shot.sr[0]),))

    def _arranged(self, shot: Shot) -> Arrays:
        if not self.side_by_side:
            return shot.sr
        return (np.concatenate([self._bicubic(shot.lr)[0], shot.sr[0]], axis=1),)
