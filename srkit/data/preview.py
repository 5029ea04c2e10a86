"""A contact sheet of a degradation: clean pictures, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from srkit.data.degradations import Degradation, find_degradation
from srkit.data.folders import find_folder, find_pictures, read_rgb
from srkit.data.preparation import check_kernel, check_scale, check_seed
from srkit.data.sets import held_out_generator
from srkit.errors import ArgumentError, DataError
from srkit.image.resampling import downscale
from srkit.types import ByteImage

if TYPE_CHECKING:
    from collections.abc import Sequence

# In pixels of the drawing.
_SIDE, _GAP, _MARGIN, _LINE = 256, 10, 28, 17
_MOST = 1024
_PAPER, _INK, _FAINT = (255, 255, 255), (24, 24, 27), (113, 113, 122)


@dataclass(frozen=True, kw_only=True)
class _Cell:
    pixels: ByteImage
    heading: str
    caption: str


def draw_preview(
    source: str | Path,
    degradation: Degradation | str | Path,
    *,
    scale: int = 4,
    kernel: str = "bicubic",
    rows: int = 3,
    variants: int = 4,
    seed: int = 0,
    recursive: bool = False,
) -> ByteImage:
    """Draws HR, clean LR and some degraded LR of pictures, with what was drawn.

    Each picture shows its liveliest part. LR is enlarged with its pixels kept square.
    Variant `k` has the settings that ``load(..., seed=seed + k)`` draws.

    Args:
        source: Folder of HR pictures, or the name of a data set.
        degradation: As for `pairs`.
        scale: Whole factor between LR and HR.
        kernel: Kernel that makes the clean LR.
        rows: Pictures shown, spread evenly over the folder.
        variants: Degraded LR of each.
        seed: Of the first variant.
        recursive: Look into subfolders too.

    Returns:
        The sheet, RGB uint8.

    Raises:
        ArgumentError: If an option is out of its range.
        DataError: If the pictures are absent, unreadable or too small.
        MissingExtraError: If the degradation needs a package that is absent.
    """
    check_scale(scale)
    check_kernel(kernel)
    check_seed(seed)
    for name, count in (("rows", rows), ("variants", variants)):
        if not 1 <= count <= 20:
            raise ArgumentError(f"`{name}` must be from 1 to 20. Received: {count}")
    worse = find_degradation(degradation)
    worse.require()
    files = find_pictures(find_folder(source), recursive=recursive)
    chosen = [
        files[i] for i in np.linspace(0, len(files), rows, endpoint=False, dtype=int)
    ]
    cells = [
        _row(file, worse, scale, kernel, range(seed, seed + variants))
        for file in dict.fromkeys(chosen)
    ]
    return _sheet(cells, f"{worse.kind}  x{scale}", _footer(worse, kernel))


def _row(
    file: Path, worse: Degradation, scale: int, kernel: str, seeds: Sequence[int]
) -> list[_Cell]:
    hr = read_rgb(file)
    side = min(_SIDE, *hr.shape[:2]) // scale * scale
    if side < worse.least * scale:
        raise DataError(
            f"{worse.kind} at scale {scale} needs pictures of at least "
            f"{worse.least * scale} pixels. Received: {file} of "
            f"{hr.shape[1]}x{hr.shape[0]}"
        )
    hr, top, left = _liveliest(hr, side, scale)
    lr = downscale(hr, scale, kernel=kernel)

    def cut(image: ByteImage, by: int = 1) -> ByteImage:
        return image[top // by :, left // by :][: side // by, : side // by]

    cells = [
        _Cell(pixels=cut(hr), heading="HR", caption=file.name),
        _Cell(pixels=cut(lr, scale), heading="clean LR", caption=kernel),
    ]
    for seed in seeds:
        rng = held_out_generator(seed, file.stem)
        drawn = worse.draw(rng, scale=scale)
        degraded, _ = drawn.pair(lr, hr, rng, scale=scale)
        pixels = cut(degraded, scale)
        cells.append(
            _Cell(pixels=pixels, heading=f"seed {seed}", caption=drawn.caption)
        )
    return cells


def _liveliest(hr: ByteImage, side: int, scale: int) -> tuple[ByteImage, int, int]:
    """A picture cut to a size that is quick, and its square with the most edges."""
    gray = cv2.cvtColor(hr, cv2.COLOR_RGB2GRAY)
    edges = np.abs(cv2.Laplacian(gray, cv2.CV_32F))
    means = cv2.boxFilter(edges, -1, (side, side), anchor=(0, 0))
    height, width = hr.shape[:2]
    found = means[: height - side + 1, : width - side + 1]
    place = np.unravel_index(int(np.argmax(found)), found.shape)
    corner = []
    for first, length in zip(map(int, place), (height, width), strict=True):
        begin = max(0, min(first - (_MOST - side) // 2, length - _MOST))
        corner.append((begin // scale * scale, first // scale * scale))
    (top, row), (left, column) = corner
    size = _MOST // scale * scale
    cropped = hr[top : top + size, left : left + size]
    height, width = (length // scale * scale for length in cropped.shape[:2])
    row, column = min(row - top, height - side), min(column - left, width - side)
    return np.ascontiguousarray(cropped[:height, :width]), row, column


def _footer(worse: Degradation, kernel: str) -> str:
    made = worse.word if worse.from_hr else f"{kernel}, then {worse.word}"
    return (
        f"LR: {made}. Pixels are kept square; blur and motion are in pixels, noise is "
        "in levels of 255. Text on a screen goes into the HR of a training pair, too."
    )


def _sheet(rows: Sequence[Sequence[_Cell]], title: str, footer: str) -> ByteImage:
    columns = len(rows[0])
    lines = max(len(_wrapped(cell.caption)) for row in rows for cell in row)
    step_x, step_y = _SIDE + _GAP, _SIDE + (lines + 1) * _LINE + 2 * _GAP
    top = _MARGIN + 44
    size = (
        2 * _MARGIN + columns * step_x - _GAP,
        top + len(rows) * step_y + _LINE + _MARGIN // 2,
    )
    sheet = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN, _MARGIN - 6), title, _INK, ImageFont.load_default(24))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            corner = (_MARGIN + column * step_x, top + row * step_y)
            _draw_cell(sheet, draw, cell, corner)
    foot = (_MARGIN, size[1] - _MARGIN // 2 - _LINE)
    draw.text(foot, footer, _FAINT, ImageFont.load_default(13))
    return np.asarray(sheet)


def _draw_cell(
    sheet: Image.Image,
    draw: ImageDraw.ImageDraw,
    cell: _Cell,
    corner: tuple[int, int],
) -> None:
    enlarged = Image.fromarray(cell.pixels).resize(
        (_SIDE, _SIDE), Image.Resampling.NEAREST
    )
    sheet.paste(enlarged, corner)
    x, y = corner[0], corner[1] + _SIDE + 6
    draw.text((x, y), cell.heading, _INK, ImageFont.load_default(14))
    for number, line in enumerate(_wrapped(cell.caption), start=1):
        where = (x, y + number * _LINE)
        draw.text(where, line, _FAINT, ImageFont.load_default(13))


def _wrapped(caption: str) -> list[str]:
    """The caption in lines as wide as a cell, broken at commas."""
    font = ImageFont.load_default(13)
    lines = [""]
    for part in caption.split(", "):
        longer = f"{lines[-1]}, {part}" if lines[-1] else part
        if font.getlength(longer) <= _SIDE or not lines[-1]:
            lines[-1] = longer
        else:
            lines[-1] += ","
            lines.append(part)
    return lines
