"""A picture of the work under way, to look at while it lasts."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from srkit.errors import OutputError
from srkit.inference.video.pictures import labelled

if TYPE_CHECKING:
    from srkit.image import Label


class Preview:
    """Writes a frame every so often; the work goes on where it cannot.

    Args:
        path: Where to; None writes nothing.
        every: Seconds between two.
        label: What it must say of the network that drew its detail.
    """

    def __init__(
        self, path: Path | None, every: float, label: Label | None = None
    ) -> None:
        self.said: list[str] = []
        """What went wrong."""
        self._path, self._every, self._label = path, every, label
        self._last = -every

    def show(self, image: Any) -> None:
        """Takes a frame as it is encoded, and writes it if it is time."""
        if self._path is None or monotonic() - self._last < self._every:
            return
        self._last = monotonic()
        try:
            labelled(image.to_ndarray(format="rgb24"), self._label).save(self._path)
        except OutputError as error:
            self.said = [f"without its last preview: {error}"]
