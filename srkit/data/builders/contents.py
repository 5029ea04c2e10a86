"""Checks of what was downloaded or put somewhere by hand."""

from __future__ import annotations

import hashlib
import warnings
from typing import TYPE_CHECKING

from srkit.data.folders import read_rgb
from srkit.errors import DataError
from srkit.image.encode import PICTURE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from srkit.data.builders.descriptors import Archive, PictureSet, Split


def check_archive(path: Path, archive: Archive) -> None:
    """Makes sure that a downloaded file is the one that was meant.

    Raises:
        DataError: If it is a web page, incomplete or of another content. The file is
            removed, so that the next attempt downloads it anew.
    """
    problem = _archive_problem(path, archive)
    if problem:
        path.unlink()
        # TensorFlow Datasets' note on the file would not fit the next one.
        path.with_name(f"{path.name}.INFO").unlink(missing_ok=True)
        raise DataError(
            f"The download is not the archive that was expected. Received: {problem} "
            f"from {archive.url}. Try again, or fetch it by hand"
        )


def pictures_of(root: Path, split: Split, about: PictureSet) -> list[Path]:
    """Lists the pictures of one part of a set, sorted by name, and counts them.

    Raises:
        DataError: If there are not as many as there should be.
    """
    pictures = sorted(
        path
        for path in root.glob(split.pattern)
        if path.suffix.lower() in PICTURE_SUFFIXES
        and not _is_hidden(path.relative_to(root))
    )
    if not pictures or split.pictures not in (None, len(pictures)):
        wanted = split.pictures or "the"
        raise DataError(
            f"{about.title}: {wanted} pictures of the part {split.name!r} were "
            f"expected as {split.pattern} in {root}. Received: {len(pictures)}. "
            + about.instructions.format(folder=root)
        )
    if split.pixels is not None and digest(pictures) != split.pixels:
        warnings.warn(
            f"{root} does not hold the pixels of the usual {about.name}: figures "
            "measured on it cannot be compared with others",
            stacklevel=2,
        )
    return pictures


def digest(pictures: Iterable[Path]) -> str:
    """Sums up the pixels of a set, whatever its files are called and stored as."""
    digests = []
    for path in pictures:
        pixels = read_rgb(path)
        one = hashlib.sha256(str(pixels.shape).encode())
        one.update(pixels.data)
        digests.append(one.hexdigest())
    return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()


def _is_hidden(path: Path) -> bool:
    """Whether a path is, or lies in, what an archiver or a system left behind."""
    return any(part.startswith((".", "__")) for part in path.parts)


def _archive_problem(path: Path, archive: Archive) -> str | None:
    size = path.stat().st_size
    algorithm, _, expected = archive.checksum.partition(":")
    with path.open("rb") as file:
        if file.read(512).lstrip().lower().startswith((b"<!doctype", b"<html")):
            return "a web page"
        if size != archive.size:
            return f"{size:,} bytes instead of {archive.size:,}"
        file.seek(0)
        found = hashlib.file_digest(file, algorithm).hexdigest()
    return None if found == expected else f"{algorithm} {found}"
