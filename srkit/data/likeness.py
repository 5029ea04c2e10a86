"""Which pictures show the same: exact copies, and copies resized or compressed.

A picture is remembered by a digest of its pixels, by 63 signs of the lowest
frequencies of a 32x32 thumbnail (a perceptual hash), and by the thumbnail. Hashes
that are near each other propose a pair, the correlation of the thumbnails decides.
Brightness, contrast, size and compression do not matter; a part of a picture is not
recognised as that picture.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from srkit.image.color import luma

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from srkit.types import ByteImage

_SIDE = 32
_WAVES = 8
_MOST_SIGNS_APART = 10
# Of 1,900 pictures of eight sets, only frames of one camera come as near unjustly.
_LEAST_CORRELATION = 0.97
# A thumbnail without that much contrast (standard deviation) shows nothing to compare.
_LEAST_CONTRAST = 1.0

_COSINES = np.cos(
    np.pi * (2 * np.arange(_SIDE) + 1) * np.arange(_WAVES)[:, None] / (2 * _SIDE)
)


class Fingerprint(NamedTuple):
    """What is remembered of a picture."""

    file: Path
    digest: str
    """Of the pixels as RGB, whatever the file's format."""
    thumbnail: NDArray[np.float32]
    """Luma, ``(32, 32)``, of mean 0 and norm 1; all 0 if the picture is flat."""


class Likeness(NamedTuple):
    """Two pictures that show the same."""

    first: Path
    second: Path
    exact: bool
    """Pixel for pixel."""
    turned: bool
    """Only once one of them is flipped or turned."""


def fingerprint(file: Path, pixels: ByteImage) -> Fingerprint:
    """Remembers a picture."""
    rgb = np.broadcast_to(pixels, (*pixels.shape[:2], 3))
    digest = hashlib.sha256(str(rgb.shape).encode())
    digest.update(np.ascontiguousarray(rgb).data)
    image = np.ascontiguousarray(luma(rgb.astype(np.float32))[..., 0])
    small = cv2.resize(image, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    thumbnail = np.asarray(small - small.mean(), np.float32)
    contrast = thumbnail.std()
    thumbnail /= contrast * _SIDE if contrast > _LEAST_CONTRAST else np.inf
    return Fingerprint(file, digest.hexdigest(), thumbnail)


def duplicates(pictures: Sequence[Fingerprint]) -> Iterator[Likeness]:
    """Finds pictures of one set that show the same, each with the first one like it."""
    seen: set[Path] = set()
    for first, second, found in _alike(pictures, pictures, turns=(0,)):
        if first < second and pictures[second].file not in seen:
            seen.add(pictures[second].file)
            yield found


def overlaps(
    pictures: Sequence[Fingerprint], others: Sequence[Fingerprint]
) -> Iterator[Likeness]:
    """Finds pictures that another set shows too, in any of the eight positions."""
    seen: set[Path] = set()
    for _, _, found in _alike(pictures, others, turns=range(8)):
        if found.first not in seen and found.first.resolve() != found.second.resolve():
            seen.add(found.first)
            yield found


def turned(image: NDArray[np.float32], turn: int) -> NDArray[np.float32]:
    """One of the eight positions of a square picture."""
    image = image.T if turn & 4 else image
    return image[:: -1 if turn & 2 else 1, :: -1 if turn & 1 else 1]


def _alike(
    pictures: Sequence[Fingerprint],
    others: Sequence[Fingerprint],
    *,
    turns: Sequence[int],
) -> Iterator[tuple[int, int, Likeness]]:
    if not pictures or not others:
        return
    signs = np.stack([_signs(picture.thumbnail) for picture in pictures])
    for turn in turns:
        turned_others = [turned(other.thumbnail, turn) for other in others]
        other_signs = np.stack([_signs(image) for image in turned_others])
        for start in range(0, len(pictures), 1024):
            # Of 63 products of signs, each that is -1 takes 2 off the sum.
            agreement = signs[start : start + 1024] @ other_signs.T
            near = np.argwhere(agreement >= 63 - 2 * _MOST_SIGNS_APART)
            for row, second in near.tolist():
                first = start + row
                one, other = pictures[first], others[second]
                exact = turn == 0 and one.digest == other.digest
                likeness = float((one.thumbnail * turned_others[second]).sum())
                if exact or likeness > _LEAST_CORRELATION:
                    found = Likeness(one.file, other.file, exact, turn != 0)
                    yield first, second, found


def _signs(thumbnail: NDArray[np.float32]) -> NDArray[np.float32]:
    waves = _COSINES @ thumbnail @ _COSINES.T
    return np.where(waves.ravel()[1:] > 0, 1, -1).astype(np.float32)
