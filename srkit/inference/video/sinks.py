"""Where the frames of a job go: into segments of a film, or into a folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from srkit.inference.video.encoder import Coding, Segment, Shape
from srkit.inference.video.journal import Finished, Journal

if TYPE_CHECKING:
    from srkit.inference.video.frames import Frame


@dataclass
class FilmSink:
    """Encodes frames into segments and notes each that is whole.

    Args:
        journal: Where they are noted.
        coding: How they are encoded.
        shape: What they are like.
        length: Frames of a segment.
        state: Tells what frames need to know of those before them: arrays by name.
    """

    journal: Journal
    coding: Coding
    shape: Shape
    length: int
    state: Callable[[], dict[str, Any]] = dict
    _segment: Segment | None = None
    _troubles: list[tuple[int, str]] = field(default_factory=list)

    def add(self, image: Any, frame: Frame) -> None:
        """Takes the next frame.

        Args:
            image: As enlarged, in the encoder's format.
            frame: Its time.
        """
        if self._segment is None:
            self._segment = Segment(self.journal.next_path, self.coding, self.shape)
        self._segment.add(image, frame.pts, frame.duration)
        if frame.trouble:
            self._troubles.append((frame.index, frame.trouble))
        if len(self._segment.times) >= self.length:
            self.commit()

    def commit(self) -> None:
        """Finishes the segment that is open."""
        if self._segment is None:
            return
        segment = self._segment
        segment.close()
        self._segment = None
        done = Finished(segment.path, segment.times, segment.depth, self._troubles)
        self._troubles = []
        self.journal.commit(done, self.state())

    def abandon(self) -> None:
        """Gives up the segment that is open."""
        if self._segment is not None:
            self._segment.abandon()
            self._segment = None
