"""Picture files: reading them, writing them whole or not at all, listing them."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from srkit.errors import OutputError, UnreadableImageError

from .decode import decode_picture
from .encode import PICTURE_SUFFIXES as PICTURE_SUFFIXES
from .encode import encode_picture
from .headers import MAX_PIXELS, START, check_start
from .picture import Picture as Picture  # noqa: TC001 - others take it from here

if TYPE_CHECKING:
    from os import PathLike
    from typing import IO

_CURES = {
    errno.ENOSPC: "Free some space, or choose another disk",
    errno.EDQUOT: "Free some space, or choose another disk",
    errno.EFBIG: "Choose another disk",
    errno.ENOENT: "Create its folder first",
    errno.ENOTDIR: "Choose another folder",
    errno.EISDIR: "Name a file, not a folder",
    errno.ENAMETOOLONG: "Choose a shorter name",
}
_WRITABLE = "Choose a folder that you may write to"


def read_picture(path: str | PathLike[str], *, max_pixels: int = MAX_PIXELS) -> Picture:
    """Reads a picture file: PNG, JPEG, WebP, TIFF or BMP.

    Args:
        path: the file; its content counts, not its suffix.
        max_pixels: larger pictures are refused before anything is decoded.

    Returns:
        The picture: upright, in sRGB, 8 or 16 bits, as many channels as the file has.

    Raises:
        UnreadableImageError: if that fails; it says why, and what to do.
    """
    try:
        with Path(path).open("rb") as file:
            start = file.read(START)
            size = max(os.fstat(file.fileno()).st_size, len(start))
            check_start(start, name=str(path), size=size)
            data = start + file.read()
    except UnreadableImageError:
        raise
    except FileNotFoundError as error:
        raise UnreadableImageError(f"`{path}` does not exist.") from error
    except IsADirectoryError as error:
        raise UnreadableImageError(
            f"`{path}` is a folder, where a picture file was expected."
        ) from error
    except OSError as error:
        raise UnreadableImageError(
            f"`{path}` cannot be read: {error.strerror or error}."
        ) from error
    return decode_picture(data, name=str(path), max_pixels=max_pixels)


def save_picture(
    picture: Picture, path: str | PathLike[str], *, quality: int = 95
) -> None:
    """Writes a picture with its metadata: the whole file or none.

    Args:
        picture: what to write.
        path: where; the suffix names the format.
        quality: 1..100, for JPEG and WebP; 100 makes WebP lossless.

    Raises:
        ArgumentError: if `quality` is out of range.
        OutputError: if the format cannot hold the picture, or the file cannot be
            written; what stood there before still stands.
    """
    try:
        data = encode_picture(picture, Path(path).suffix, quality)
    except OutputError as error:
        raise OutputError(f"`{path}` cannot be written. {error}") from error
    write_whole(path, data)


def write_whole(path: str | PathLike[str], data: bytes) -> None:
    """Writes a file whole or not at all: beside its place, then into it.

    A file that is replaced hands its permissions on; a link is followed.

    Raises:
        OutputError: if that fails; what stood there before still stands.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".srkit-{secrets.token_hex(8)}.part")
    try:
        if target.exists() and not target.is_file():
            raise IsADirectoryError(errno.EISDIR, "it is no regular file")
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # or a power cut may leave an empty file
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except OSError as error:
        cure = _CURES.get(error.errno or 0, _WRITABLE)
        raise OutputError(
            f"`{path}` cannot be written: {error.strerror or error}. {cure}."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def lock_file(file: IO[bytes]) -> None:
    """Locks a file for as long as it is open.

    Raises:
        OSError: If it is locked already, or its file system has no locks.
    """
    if sys.platform != "win32":  # where a file that is open cannot be removed anyway
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def list_pictures(
    folder: str | PathLike[str], *, recursive: bool = False
) -> list[Path]:
    """Lists the picture files of a folder, sorted by name; hidden ones are left out.

    Args:
        folder: where to look.
        recursive: look into its folders too, except for hidden ones.

    Returns:
        Paths that start with `folder`; none if it holds no pictures.

    Raises:
        UnreadableImageError: if `folder` is no folder or cannot be listed.
    """
    root = Path(folder)
    if not root.is_dir():
        raise UnreadableImageError(
            f"`folder` must be a folder of pictures. Received: {str(folder)!r}, which "
            + ("is a file." if root.exists() else "does not exist.")
        )
    try:
        found = [
            path
            for path in (root.rglob("*") if recursive else root.iterdir())
            if path.suffix.lower() in PICTURE_SUFFIXES
            and not any(part.startswith(".") for part in path.relative_to(root).parts)
            and path.is_file()
        ]
    except OSError as error:
        raise UnreadableImageError(
            f"`{folder}` cannot be listed: {error.strerror or error}."
        ) from error
    return sorted(found)
