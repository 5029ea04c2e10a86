"""Where pictures lie, and what they look like once they are read for a network.

Every picture that leaves this file is RGB uint8 of shape ``(H, W, 3)``, except that
`read_pixels` leaves a one-channel file one channel, since it is measured as gray:

* gray is repeated to RGB, palettes and CMYK are RGB already (`srkit.image.files`);
* alpha that is opaque is dropped; what shows through is laid on white, since a
  network for RGB can learn nothing from a colour that nobody sees;
* 16 bits are rounded to 8, which is what LR pictures made from them have anyway.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from srkit.errors import DataError, ImageError, UnreadableImageError
from srkit.image.files import list_pictures, read_picture
from srkit.types import AnyImage, ByteImage

Source = str | Path | Sequence[str | Path]
"""A folder, the name of a data set, or several of them."""


class PairFiles(NamedTuple):
    """The file of one HR picture and, in a set that comes in pairs, its LR."""

    hr: Path
    lr: Path | None = None


def data_root() -> Path:
    """The folder below which named data sets lie: `SRKIT_DATASETS`, or ./datasets."""
    return Path(os.environ.get("SRKIT_DATASETS") or "datasets")


def find_folder(
    name: str | Path, *, below: Iterable[str] = ("train", "", "test")
) -> Path:
    """Finds a folder of pictures by path, or by the name of a data set.

    Args:
        name: A folder, or a name such as "t91" or "lineart/train" to look up in
            `data_root()`.
        below: Subfolders of the root to look in, in this order.

    Raises:
        DataError: If there is no such folder.
    """
    path = Path(name)
    if path.is_dir():
        return path
    if path.is_file():
        raise DataError(f"A folder of pictures was expected. Received the file: {path}")
    root = data_root()
    for part in below:
        for spelling in (str(name), str(name).lower()):
            if (root / part / spelling).is_dir():
                return root / part / spelling
    raise DataError(
        f"No folder and no data set of that name below {root} (set SRKIT_DATASETS to "
        f"look elsewhere; `srkit data list` says what can be fetched). Received: {name}"
    )


def find_pictures(folder: Path, *, recursive: bool = False) -> list[Path]:
    """Lists the pictures of a folder, sorted by name.

    Raises:
        DataError: If there are none.
    """
    pictures = list_pictures(folder, recursive=recursive)
    if pictures:
        return pictures
    deeper = not recursive and list_pictures(folder, recursive=True)
    cure = " Some lie deeper: pass recursive=True." if deeper else ""
    raise DataError(f"No pictures in the folder {folder}.{cure}")


def find_pairs(
    source: Source, *, lr: Source | None = None, recursive: bool = False
) -> list[PairFiles]:
    """Lists HR pictures, with their LR pictures where a folder of those is given.

    Pictures are paired by their place among the sorted names, so that folders whose
    files are named differently (`0001.png`, `0001x4.png`) fit as well.

    Raises:
        DataError: If a folder is missing or empty, or LR and HR differ in number.
    """
    folders = [find_folder(name) for name in _listed(source)]
    files = [find_pictures(folder, recursive=recursive) for folder in folders]
    if lr is None:
        return [PairFiles(path) for paths in files for path in paths]
    lr_folders = [find_folder(name) for name in _listed(lr)]
    if len(lr_folders) != len(folders):
        raise DataError(
            "`lr` must name as many folders as there are HR folders. "
            f"Received: {len(lr_folders)} for {len(folders)}"
        )
    pairs: list[PairFiles] = []
    for hr_files, folder in zip(files, lr_folders, strict=True):
        lr_files = find_pictures(folder, recursive=recursive)
        _check_partners(hr_files, lr_files)
        pairs += [PairFiles(*pair) for pair in zip(hr_files, lr_files, strict=True)]
    return pairs


def read_pixels(path: Path) -> ByteImage:
    """Reads one picture as uint8, ``(H, W, 1)`` if it is gray, else ``(H, W, 3)``.

    Raises:
        DataError: If the file holds no readable picture.
    """
    try:
        pixels = read_picture(path).pixels
    except (UnreadableImageError, ImageError) as error:
        raise DataError(
            f"{error} Remove the file, or see all such files: srkit data check "
            f"{path.parent}"
        ) from error
    return to_opaque_bytes(pixels)


def read_rgb(path: Path) -> ByteImage:
    """Reads one picture as RGB uint8, whatever it is stored as."""
    pixels = read_pixels(path)
    return pixels if pixels.shape[-1] == 3 else np.repeat(pixels, 3, axis=-1)


def to_opaque_bytes(pixels: AnyImage) -> ByteImage:
    """Rounds 16 bits to 8, and lays what is transparent on white."""
    if pixels.dtype == np.uint16:
        pixels = ((pixels.astype(np.uint32) + 128) // 257).astype(np.uint8)
    if pixels.shape[-1] in (1, 3):
        return np.ascontiguousarray(pixels, dtype=np.uint8)
    color, alpha = pixels[..., :-1], pixels[..., -1:]
    if (alpha == 255).all():
        return np.ascontiguousarray(color, dtype=np.uint8)
    share = alpha.astype(np.float32) / 255
    return np.floor(color * share + 255 * (1 - share) + 0.5).astype(np.uint8)


def _listed(source: Source) -> list[str | Path]:
    names = [source] if isinstance(source, str | Path) else list(source)
    if not names:
        raise DataError("At least one folder of pictures was expected. Received: none")
    return names


def _check_partners(hr: list[Path], lr: list[Path]) -> None:
    if len(hr) != len(lr):
        known = {_stem(path) for path in min(hr, lr, key=len)}
        longer = max(hr, lr, key=len)
        stray = next((path for path in longer if _stem(path) not in known), longer[-1])
        raise DataError(
            f"LR and HR folders must hold equally many pictures. Received: {len(lr)} "
            f"in {lr[0].parent} and {len(hr)} in {hr[0].parent}; the first without a "
            f"partner is {stray.name}"
        )
    stems = {_stem(path) for path in lr}
    for ours, theirs in zip(hr, lr, strict=True):
        # Names that differ throughout are fine; a hole in each folder is not.
        if _stem(ours) != _stem(theirs) and _stem(ours) in stems:
            raise DataError(
                "LR and HR pictures are paired by their sorted names, which do not run "
                f"in step. Received: {theirs.name} beside {ours.name}"
            )


def _stem(path: Path) -> str:
    """The name without its suffix and without the "x4" that LR files often carry."""
    return re.sub(r"[-_]?x\d+$", "", path.stem.lower())
