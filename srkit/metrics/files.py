"""Where the weights that a metric needs lie on disk."""

from __future__ import annotations

import os
from pathlib import Path

from srkit.errors import WeightsNotFoundError


def find_weights(file: str, given: str | Path | None, *, source: str) -> Path:
    """Path of a file of weights: the one given, or one in the data sets' folder.

    Args:
        file: What the file is called.
        given: Its path; None for ``weights/<file>`` below `SRKIT_DATASETS`, or below
            ./datasets.
        source: What it is and where it can be had, for the error.

    Raises:
        WeightsNotFoundError: If it is not there.
    """
    folder = Path(os.environ.get("SRKIT_DATASETS") or "datasets") / "weights"
    path = folder / file if given is None else Path(given).expanduser()
    if not path.is_file():
        raise WeightsNotFoundError(
            f"{file} is needed, {source}. Put it into {folder}, or give its path. "
            f"Received: {path}, where there is no file"
        )
    return path
