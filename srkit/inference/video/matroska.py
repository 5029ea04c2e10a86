"""Whether a file of Matroska or WebM is all there: it says how long it is."""

from __future__ import annotations

from pathlib import Path

_ELEMENTS = (b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67")
"""What such a file consists of: a head, and a segment with all the rest."""


def is_whole(path: Path) -> bool | None:
    """Whether a file is as long as it says; None where it does not say.

    Args:
        path: The file; a stream's address is none.

    Source:
        RFC 8794, "Extensible Binary Meta Language", sections 4 (sizes of variable
        length) and 6.2 (all ones: not known); RFC 9559 for the two elements.
    """
    if not path.is_file():
        return None
    with path.open("rb") as file:
        for element in _ELEMENTS:
            if file.read(len(element)) != element:
                return None
            first = file.read(1)[0]
            length = 9 - first.bit_length()
            told = bytes([first & 0xFF >> length]) + file.read(length - 1)
            size = int.from_bytes(told)
            if size == 2 ** (7 * length) - 1:
                return None
            file.seek(size, 1)
        return file.tell() <= path.stat().st_size
