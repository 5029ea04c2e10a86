"""The way a film is to be turned when it is shown, given on to the film that goes out.

PyAV reads a display matrix but cannot set one. A stream copied from a file brings its
own along, so a small MOV file is made whose matrix is the wanted one.
"""

from __future__ import annotations

import io
import struct
from math import atan2, pi
from typing import Any

from srkit.inference.video.library import pyav

_HEADER = {0: 40, 1: 52}
"""Bytes of a track's header before the matrix, by the version of the header."""


def turned(stream: Any, packet: Any, matrix: bytes, factor: float) -> Any:
    """A file whose stream is like another one, with a display matrix.

    Args:
        stream: The stream to resemble.
        packet: Its first packet.
        matrix: As FFmpeg has it: nine integers.
        factor: How much larger the pictures have become.

    Returns:
        The open file; it must stay open as long as its stream serves as a template.

    Source:
        ISO/IEC 14496-12, 8.3.2: the track header box.
    """
    av = pyav()
    content = io.BytesIO()
    with av.open(content, "w", format="mov") as file:
        copied = file.add_stream_from_template(stream, opaque=True)
        packet.stream = copied
        packet.pts = packet.dts = 0
        file.mux(packet)
    data = bytearray(content.getvalue())
    box = data.index(b"tkhd") + 4
    values = list(struct.unpack("=9i", matrix))
    for place in (6, 7):  # the shift, in pixels
        values[place] = round(values[place] * factor)
    struct.pack_into(">9i", data, box + _HEADER[data[box]], *values)
    return av.open(io.BytesIO(bytes(data)))


def quarter_turns(matrix: bytes) -> int:
    """How often a picture is turned to the left by 90 degrees to be shown upright.

    Args:
        matrix: As FFmpeg has it; empty for none.
    """
    if not matrix:
        return 0
    across, down = struct.unpack("=9i", matrix)[:2]
    return round(-atan2(down, across) / (pi / 2)) % 4
