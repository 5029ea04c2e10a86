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
    """Seconds in which each step of a job was at work, in one thread or in several."""

    seconds: dict[str, float] = field(default_factory=dict)
    _threads: dict[str, int] = field(default_factory=dict)
    """How many are at work in each step now."""
    _since: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def time(self, step: str) -> Iterator[None]:
        """Counts what happens within as part of a step."""
        self._count(step, 1)
        try:
            yield
        finally:
            self._count(step, -1)

    def _count(self, step: str, change: int) -> None:
        with self._lock:
            before = self._threads.get(step, 0)
            self._threads[step] = before + change
            if before == 0:
                self._since[step] = perf_counter()
            elif before + change == 0:
                spent = perf_counter() - self._since[step]
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
