"""What a job has finished, on disk, so that a killed one goes on where it was.

Beside the film lies a folder with what the job is, and for every finished segment its
file and a note of its frames. The note is written last and in one step: a segment
without a note has never been.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from array import array
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np

from srkit.errors import JournalError, OutputError
from srkit.image.files import lock_file, write_whole

_JOB, _LOCK = "job.json", "lock"
_ENDS = 1 << 16
"""Bytes of a source's beginning and end that tell it from another one."""


@dataclass(frozen=True)
class Finished:
    """A segment that is whole."""

    path: Path
    times: list[tuple[int, int]]
    """Time and duration of each frame."""
    depth: int
    troubles: list[tuple[int, str]]
    """Frames that were replaced, and why."""


class Journal:
    """The segments of one job, which no other process may touch until it is closed.

    Args:
        folder: Where they lie.
        resume: Whether to go on with what is there.

    Raises:
        JournalError: If a journal is there and `resume` was not asked for, or
            another process is at work on it.
        OutputError: If the folder cannot be written.
    """

    def __init__(self, folder: Path, *, resume: bool) -> None:
        self.folder = folder
        self.segments: list[Finished] = []
        self._new = not folder.exists()
        self._make_folder()
        self._lock = self._locked()
        if (folder / _JOB).is_file():
            if not resume:
                self.close()
                raise JournalError(
                    f"{folder} is left of a job that did not come to its end. Go on "
                    "with it with `resume` (--resume), or delete that folder."
                )
            self._read()

    def begin(self, job: dict[str, Any]) -> None:
        """Notes what job it is of, or goes on with it.

        Args:
            job: What makes the job the one it is.

        Raises:
            JournalError: If what is there is of another job.
            OutputError: If the folder cannot be written.
        """
        if (self.folder / _JOB).is_file():
            self._compare(job)
        else:
            write_whole(self.folder / _JOB, json.dumps(job, indent=1).encode())
        self._new = False

    @property
    def frames(self) -> int:
        """How many frames are finished."""
        return sum(len(segment.times) for segment in self.segments)

    @property
    def depth(self) -> int:
        """How many packets at most come before they are shown."""
        return max((segment.depth for segment in self.segments), default=0)

    @property
    def next_path(self) -> Path:
        """Where the next segment belongs."""
        return self._path(len(self.segments))

    def times(self) -> tuple[array[int], array[int]]:
        """Times and durations of all frames, in ticks."""
        pts, durations = array("q"), array("q")
        for segment in self.segments:
            for time, duration in segment.times:
                pts.append(time)
                durations.append(duration)
        return pts, durations

    def commit(self, segment: Finished, state: dict[str, Any]) -> None:
        """Notes that a segment is whole.

        Args:
            segment: The next one.
            state: What later frames need to know of earlier ones: arrays by name.
        """
        if state:
            known = BytesIO()
            np.savez(known, **state)
            write_whole(segment.path.with_suffix(".npz"), known.getvalue())
        note = {
            "times": segment.times,
            "depth": segment.depth,
            "troubles": segment.troubles,
        }
        write_whole(segment.path.with_suffix(".json"), json.dumps(note).encode())
        if self.segments:  # of earlier ones nothing is needed any more
            self.segments[-1].path.with_suffix(".npz").unlink(missing_ok=True)
        self.segments.append(segment)

    def state(self) -> dict[str, Any]:
        """What was known after the last finished segment."""
        if not self.segments:
            return {}
        path = self.segments[-1].path.with_suffix(".npz")
        if not path.is_file():
            return {}
        with np.load(path) as arrays:
            return dict(arrays)

    def close(self) -> None:
        """Leaves it to the next one who goes on with the job, if it has begun."""
        self._lock.close()
        if self._new:
            shutil.rmtree(self.folder, ignore_errors=True)

    def remove(self) -> None:
        """Deletes it, the job being done."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"Cannot make {self.folder}: {error.strerror}."
            ) from error

    def _locked(self) -> IO[bytes]:
        file = (self.folder / _LOCK).open("ab")
        try:
            lock_file(file)
        except BlockingIOError as error:
            file.close()
            raise JournalError(
                f"Another process is at work on {self.folder}. Wait for its end, or "
                "choose another output."
            ) from error
        except OSError:  # not every file system has locks
            pass
        return file

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06}.mkv"

    def _compare(self, job: dict[str, Any]) -> None:
        there = json.loads((self.folder / _JOB).read_text())
        for name in sorted(there.keys() | job.keys()):
            before, now = there.get(name), json.loads(json.dumps(job.get(name)))
            if before != now:
                raise JournalError(
                    f"{self.folder} is of another job: `{name}` was {before!r} there. "
                    f"Received: {now!r}. Delete that folder or choose another output."
                )

    def _read(self) -> None:
        while (note := self._path(len(self.segments)).with_suffix(".json")).is_file():
            told = json.loads(note.read_text())
            self.segments.append(
                Finished(
                    path=note.with_suffix(".mkv"),
                    times=[(pts, duration) for pts, duration in told["times"]],
                    depth=told["depth"],
                    troubles=[(index, why) for index, why in told["troubles"]],
                )
            )


def fingerprint(path: Path) -> str:
    """What tells one file from another: its size, and its ends as SHA-256."""
    size = path.stat().st_size
    digest = hashlib.sha256()
    with path.open("rb") as file:
        digest.update(file.read(_ENDS))
        file.seek(max(0, size - _ENDS))
        digest.update(file.read(_ENDS))
    return f"{size} bytes, {digest.hexdigest()[:16]}"
