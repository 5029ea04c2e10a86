"""What a camera or stream sends beside its pictures, kept until the film is joined."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from srkit.inference.video.containers import Container, add_copy, holds
from srkit.inference.video.library import pyav, writing

if TYPE_CHECKING:
    from fractions import Fraction

_KEEPER = Container("nut")
"""Keeps the ticks of every stream."""


class Recorder:
    """Writes the packets of a stream that passes once into a file.

    Args:
        path: Where to.
        container: The open stream.
        pictures: Index of what is enlarged.
        shift: Seconds by which all times become earlier.
    """

    def __init__(
        self, path: Path, container: Any, pictures: int, shift: Fraction
    ) -> None:
        self.path = path
        self.left_out: list[str] = []
        """What cannot be kept, for people."""
        self._shift = shift
        self._outs: dict[int, Any] = {}
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = pyav().open(
                str(path),
                "w",
                format=_KEEPER.format,
                container_options={"flush_packets": "1"},  # a kill must cost nothing
            )
        for stream in container.streams:
            if stream.index == pictures:
                continue
            if holds(_KEEPER, stream):
                self._outs[stream.index] = add_copy(self._file, stream)
            else:
                self.left_out.append(
                    f"stream {stream.index} ({stream.type}) cannot be recorded and was "
                    "left out"
                )

    def __call__(self, packet: Any) -> None:
        """Takes a packet of any other stream."""
        out = self._outs.get(packet.stream.index)
        if out is None:
            return
        shift = round(self._shift / packet.time_base)
        if packet.dts >= shift:  # before that there are no pictures
            packet.dts -= shift
            packet.pts = None if packet.pts is None else packet.pts - shift
            packet.stream = out
            with writing(self.path):
                self._file.mux(packet)

    def close(self) -> bool:
        """Finishes the file; tells whether there is something in it."""
        with writing(self.path):
            self._file.close()
        return bool(self._outs)
