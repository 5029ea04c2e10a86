"""What came of a job, for people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import perf_counter


@dataclass
class Watch:
    """Seconds spent in each step of a job, over all its threads."""

    seconds: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def time(self, step: str) -> Iterator[None]:
        """Counts what happens within as part of a step."""
        start = perf_counter()
        try:
            yield
        finally:
            with self._lock:
                spent = perf_counter() - start
                self.seconds[step] = self.seconds.get(step, 0.0) + spent


@dataclass(frozen=True, kw_only=True)
class Report:
    """A finished film, checked."""

    target: Path
    frames: int
    """In the film."""
    computed: int
    """Of these, in this run; the others were there from an earlier one."""
    height: int
    width: int
    seconds: float
    """That it took."""
    replaced: tuple[tuple[int, str], ...] = ()
    """Frames that are not what was filmed, and why."""
    said: tuple[str, ...] = ()
    """What was guessed, could not be kept or is otherwise worth knowing."""
    stages: dict[str, float] = field(default_factory=dict)
    """Seconds in each step: "decode", "fuse", "network", "steady", "encode", "join",
    "check"."""

    def __str__(self) -> str:
        rate = self.computed / self.seconds if self.seconds else 0.0
        lines = [
            f"{self.target}  {self.width}x{self.height}, {self.frames} frames, "
            f"checked; {self.seconds:.1f} s, {rate:.1f} frames/s",
            *(f"  {each}" for each in self.said),
            *(f"  frame {index} {why}" for index, why in self.replaced),
        ]
        return "\n".join(lines)
