"""Files that are there whole or not at all, and the state of a run in one of them."""

from __future__ import annotations

import contextlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from srkit.errors import OutputError, ResumeError

Arrays = dict[str, NDArray[Any]]
_FACTS = "facts"
_DAMAGED = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Opens a file beside `path` that takes its place once it is whole and on disk.

    Raises:
        OutputError: If it cannot be written; what was at `path` is still there.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def append_text(path: Path, text: str) -> None:
    """Adds to the end of a text file.

    Raises:
        OutputError: If it cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise _cannot_write(path, error) from error


def write_state(path: Path, arrays: Mapping[str, Any], facts: dict[str, Any]) -> None:
    """Writes arrays and JSON facts into one `.npz`, whole or not at all.

    Raises:
        OutputError: If it cannot be written; an older file at `path` stays.
    """
    packed = np.frombuffer(json.dumps(facts).encode(), np.uint8)
    with replacing(path) as file:
        np.savez(file, allow_pickle=False, **{_FACTS: packed}, **arrays)


def read_state(path: Path) -> tuple[Arrays, dict[str, Any]]:
    """Reads what `write_state` wrote; checksums show damage.

    Raises:
        ResumeError: If the file is damaged.
    """
    try:
        with path.open("rb") as data, np.load(data, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return arrays, json.loads(arrays.pop(_FACTS).tobytes())
    except _DAMAGED as error:
        raise ResumeError(
            f"Checkpoint {path} is damaged: {error}. Delete it; an older one beside "
            "it is used next."
        ) from error


def remove_leftovers(folder: Path) -> None:
    """Deletes half-written files of earlier, killed runs."""
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)


def _cannot_write(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"Cannot write {path}: {error.strerror or error}. What was saved before is "
        "intact. Make room or choose another folder, then start it again."
    )


def _sync_folder(folder: Path) -> None:
    """Makes the new name itself survive a loss of power (POSIX only)."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
