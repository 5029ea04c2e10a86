"""Where results go, made sure of before the work."""

from __future__ import annotations

from pathlib import Path

from srkit.errors import ArgumentError, OutputError


def check_apart(source: Path, target: Path) -> None:
    """Makes sure that a result does not take the place of its source.

    Raises:
        ArgumentError: If it would.
    """
    if target.exists() and source.exists() and target.samefile(source):
        raise ArgumentError(
            f"The output must not be the input. Received: {str(target)!r} for both. "
            "Choose another name or folder."
        )


def make_folder(folder: Path) -> None:
    """Makes a folder if it is not there, and finds out whether it can be written.

    Raises:
        OutputError: If it cannot.
    """
    import tempfile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(
            f"Cannot write into {folder}: {error.strerror}. Choose another output."
        ) from error
