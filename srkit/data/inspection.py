"""A look at every picture of a training set before a network learns from it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from srkit.data.defects import alignment, enlargement, has_blocks
from srkit.data.folders import (
    PairFiles,
    Source,
    find_folder,
    find_pairs,
    find_pictures,
    read_pixels,
)
from srkit.data.likeness import Fingerprint, duplicates, fingerprint, overlaps
from srkit.data.report import AuditReport, Finding, Severity
from srkit.errors import ArgumentError, DataError
from srkit.types import ByteImage

# In LR pixels. LR of whatever kernel lies within 0.02, noisy ones within 0.13; taking
# every second pixel shifts by 0.35, one HR pixel at x4 by 0.25.
_MOST_SHIFT = 0.18
_LEAST_LIKENESS = 0.5


class _Examined(NamedTuple):
    findings: list[Finding]
    fingerprint: Fingerprint | None


def audit(
    source: Source,
    *,
    lr: Source | None = None,
    scale: int | None = None,
    test_sets: Sequence[str | Path] = (),
    crop: int = 96,
    recursive: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> AuditReport:
    """Checks the pictures of a training set.

    Found are unreadable pictures, LR of the wrong size, shifted or of another picture,
    pictures of a test set, duplicates, HR that was enlarged before, pictures smaller
    than a crop, and JPEG's blocks. `srkit.data.defects` and `srkit.data.likeness` say
    what is not found.

    Args:
        source: Folder of HR pictures, name of a data set, or a list of these.
        lr: Folder (or folders) of LR pictures, paired by sorted name.
        scale: Whole factor between LR and HR; needed with `lr`.
        test_sets: Names or folders of sets that must not be trained on.
        crop: Side of the HR crops that will be trained on, in pixels.
        recursive: Look into subfolders too.
        progress: Called with the number of pictures done and of all, those of the test
            sets included.

    Raises:
        ArgumentError: If `lr` is given without `scale`.
        DataError: If a folder is absent or holds no pictures.
    """
    if lr is not None and (scale is None or scale < 1):
        raise ArgumentError(
            f"`scale`, 1 or above, is needed with `lr`. Received: {scale}"
        )
    found: list[Finding] = []
    try:
        files = find_pairs(source, lr=lr, recursive=recursive)
    except DataError as error:
        files = find_pairs(source, recursive=recursive)
        if lr is None:
            raise
        folder = files[0].hr.parent
        found.append(Finding(Severity.ERROR, "unpaired", folder, str(error)))
    others = [
        path
        for name in test_sets
        for path in find_pictures(find_folder(name, below=("test", "train", "")))
    ]
    looks = [partial(_examine, pair, scale=scale or 1, crop=crop) for pair in files]
    looks += [partial(_remember, path) for path in others]
    examined = list(_each(looks, progress))
    found += [finding for one in examined for finding in one.findings]
    prints = [one.fingerprint for one in examined]
    found += _likenesses(prints[: len(files)], prints[len(files) :])
    order = list(Severity)
    found.sort(key=lambda finding: (order.index(finding.severity), finding.kind))
    title = source if isinstance(source, str | Path) else ", ".join(map(str, source))
    return AuditReport(str(title), len(files), tuple(found))


def _each(
    looks: Sequence[Callable[[], _Examined]],
    progress: Callable[[int, int], None] | None,
) -> Iterator[_Examined]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done, examined in enumerate(pool.map(lambda look: look(), looks), start=1):
            if progress is not None:
                progress(done, len(looks))
            yield examined


def _examine(files: PairFiles, *, scale: int, crop: int) -> _Examined:
    found: list[Finding] = []

    def note(severity: Severity, kind: str, what: str, file: Path = files.hr) -> None:
        found.append(Finding(severity, kind, file, what))

    try:
        hr = read_pixels(files.hr)
    except DataError as error:
        note(Severity.ERROR, "unreadable", str(error.__cause__))
        return _Examined(found, None)
    height, width = hr.shape[:2]
    if min(height, width) < crop:
        what = f"{width}x{height}, below the crop of {crop}"
        note(Severity.WARNING, "too small", what)
    if files.lr is not None:
        try:
            found += _examine_pair(read_pixels(files.lr), hr, files, scale)
        except DataError as error:
            note(Severity.ERROR, "unreadable", str(error.__cause__), files.lr)
    if (factor := enlargement(hr)) > 1:
        what = f"was enlarged (or blurred) about x{factor}{' or more' * (factor == 4)}"
        note(Severity.WARNING, "enlarged", what)
    if has_blocks(hr):
        note(Severity.NOTE, "jpeg", "shows the blocks of a JPEG compression")
    return _Examined(found, fingerprint(files.hr, hr))


def _remember(file: Path) -> _Examined:
    """Takes the fingerprint of a picture of a test set."""
    try:
        return _Examined([], fingerprint(file, read_pixels(file)))
    except DataError as error:
        what = f"of a test set, and not compared: {error.__cause__}"
        return _Examined([Finding(Severity.WARNING, "unreadable", file, what)], None)


def _examine_pair(
    lr: ByteImage, hr: ByteImage, files: PairFiles, scale: int
) -> list[Finding]:
    file = files.lr or files.hr
    wanted = (hr.shape[0] // scale, hr.shape[1] // scale)
    if lr.shape[:2] != wanted:
        what = (
            f"{lr.shape[1]}x{lr.shape[0]} instead of {wanted[1]}x{wanted[0]}, which is "
            f"1/{scale} of {files.hr.name}"
        )
        return [Finding(Severity.ERROR, "ratio", file, what)]
    if min(wanted) < 16:  # too little to measure a shift on
        return []
    x, y, likeness = alignment(lr, hr, scale)
    if likeness < _LEAST_LIKENESS:
        what = f"does not show what {files.hr.name} shows (correlation {likeness:.2f})"
        return [Finding(Severity.ERROR, "mismatched", file, what)]
    if max(abs(x), abs(y)) > _MOST_SHIFT:
        what = (
            f"shifted against {files.hr.name} by {x * scale:+.1f}, {y * scale:+.1f} HR "
            "pixels (right, down)"
        )
        return [Finding(Severity.ERROR, "misaligned", file, what)]
    return []


def _likenesses(
    prints: Sequence[Fingerprint | None], others: Sequence[Fingerprint | None]
) -> Iterator[Finding]:
    ours, theirs = ([one for one in some if one] for some in (prints, others))
    for first, second, exact, _ in duplicates(ours):
        how = "holds the pixels of" if exact else "shows the same as"
        yield Finding(Severity.WARNING, "duplicate", second, f"{how} {first}")
    for first, second, _, turned in overlaps(ours, theirs):
        what = f"shows {second}" + ", flipped or turned" * turned
        yield Finding(Severity.ERROR, "test set", first, what)
