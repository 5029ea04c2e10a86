"""Frames on their way: decoded, enlarged and encoded at the same time.

The first and the last step see the frames one after the other, the network may work on
several at once; so what looks at neighbouring frames belongs into those two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.image import resize
from srkit.inference.stages import in_stages

if TYPE_CHECKING:
    from srkit.inference.video.around import Around
    from srkit.inference.video.frames import Frame
    from srkit.inference.video.fusion import Fused
    from srkit.inference.video.region import Region
    from srkit.inference.video.report import Watch
    from srkit.inference.video.routes import Arrays, Route


@dataclass(frozen=True)
class Shot:
    """A frame and its arrays."""

    frame: Frame
    given: Arrays = ()
    """As decoded."""
    lr: Arrays = ()
    """What the network sees."""
    sr: Arrays = ()
    fused: Fused | None = None
    """How `lr` came about, where it is fused."""


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
        around: What frames have of those around them.
    """

    route: Route
    size: tuple[int, int]
    region: Region | None
    halo: int | None
    side_by_side: bool
    watch: Watch
    around: Around

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
            shot = self.around.blended(shot)
            with self.watch.time("encode"):
                write(self.route.give(self._arranged(shot)), shot.frame)
            return Shot(shot.frame)

        in_stages(
            self.around.fused(self._taken(frames)),
            read=lambda shot: shot,
            work=self._enlarge,
            write=encode,
            behind=lambda _: 2,
            on_done=lambda shot: on_frame(shot.frame),
            at_once=at_once,
        )

    def _taken(self, frames: Iterator[Frame]) -> Iterator[Shot]:
        while True:
            with self.watch.time("decode"):
                frame = next(frames, None)
                if frame is None:
                    return
                lr = self.route.take(frame.image)
            yield Shot(replace(frame, image=None), given=lr, lr=lr)

    def _enlarge(self, shot: Shot) -> Shot:
        with self.watch.time("network"):
            if shot.frame.trouble:
                sr = self._bicubic(shot.given)
            elif self.region is not None:
                upscaler = self.route.upscaler
                sr = (self.region.enlarge(upscaler, shot.lr[0], self.halo),)
            else:
                sr = self.route.enlarge(shot.lr)
        return replace(shot, sr=sr)

    def _bicubic(self, given: Arrays) -> Arrays:
        if self.region is not None:
            return (resize(self.region.cut(given[0]), self.size),)
        return self.route.bicubic(given, self.size)

    def _arranged(self, shot: Shot) -> Arrays:
        if not self.side_by_side:
            return shot.sr
        return (np.concatenate([self._bicubic(shot.given)[0], shot.sr[0]], axis=1),)
