"""Files that are there whole or not at all, and the state of a run in one of them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from srkit.errors import DamagedError, OutputError, ResumeError

Arrays = dict[str, NDArray[Any]]
_FACTS = "facts"
_DAMAGED = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)
"""What NumPy raises at bytes that are no whole archive."""


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
        raise cannot_write(path, error) from error
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
        raise cannot_write(path, error) from error


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
        DamagedError: If the file is not whole.
        ResumeError: If it cannot be read at all.
    """
    try:
        data = io.BytesIO(path.read_bytes())
    except OSError as error:
        raise ResumeError(
            f"Checkpoint {path} cannot be read: {error.strerror or error}. Start it "
            "again once it can be."
        ) from error
    try:
        with np.load(data, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return arrays, json.loads(arrays.pop(_FACTS).tobytes())
    except _DAMAGED as error:
        raise DamagedError(
            f"Checkpoint {path} is damaged: {error}. Delete it; an older one beside "
            "it is used next."
        ) from error


def remove_leftovers(folder: Path) -> None:
    """Deletes half-written files and presets of earlier, killed runs."""
    for path in folder.glob(".*.tmp"):
        path.unlink(missing_ok=True)
    for path in (*folder.glob(".preset-*"), *folder.glob("*/.preset-*")):
        shutil.rmtree(path, ignore_errors=True)


def cannot_write(path: Path, error: OSError) -> OutputError:
    """The error to raise when a file of a run cannot be written."""
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
