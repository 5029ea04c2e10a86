"""A picture of the work under way, to look at while it lasts."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any

from srkit.image import Picture


class Preview:
    """Writes a frame every so often.

    Args:
        path: Where to; None writes nothing.
        every: Seconds between two.
    """

    def __init__(self, path: Path | None, every: float) -> None:
        self._path = path
        self._every = every
        self._last = -every

    def show(self, image: Any) -> None:
        """Takes a frame as it is encoded, and writes it if it is time."""
        if self._path is not None and monotonic() - self._last >= self._every:
            self._last = monotonic()
            Picture(image.to_ndarray(format="rgb24")).save(self._path)
