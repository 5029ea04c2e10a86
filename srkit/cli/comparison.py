"""One picture that shows the same details side by side, enlarged alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from srkit.types import ByteImage

# In pixels of the drawing.
_SIDE, _GAP, _MARGIN, _LINE = 288, 8, 24, 26
_PAPER, _INK, _FAINT = (255, 255, 255), (24, 24, 27), (113, 113, 122)


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One cell: a square detail and what is written under it."""

    pixels: ByteImage
    caption: str
    figure: str = ""
    """A measured number, set in gray behind the caption."""


def draw_comparison(
    rows: Sequence[Sequence[Detail]], *, title: str, footer: str
) -> ByteImage:
    """Draws rows of details, each as large as the others, with their captions.

    Shape:
        Square details ``(n, n, 3)`` of any size to one picture ``(H, W, 3)``, uint8.

    Args:
        rows: The details, row by row, each row as long as the first.
        title: Line above.
        footer: Line below: the protocol of the figures.
    """
    step_x, step_y = _SIDE + _GAP, _SIDE + _LINE + _GAP
    top = _MARGIN + 2 * _LINE
    width = 2 * _MARGIN + len(rows[0]) * step_x - _GAP
    height = top + len(rows) * step_y + _LINE + _MARGIN
    sheet = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN, _MARGIN), title, _INK, ImageFont.load_default(24))
    for row, details in enumerate(rows):
        for column, detail in enumerate(details):
            corner = (_MARGIN + column * step_x, top + row * step_y)
            sheet.paste(_enlarged(detail.pixels), corner)
            _write_caption(draw, detail, corner)
    foot = (_MARGIN, height - _MARGIN - _LINE // 2)
    draw.text(foot, footer, _FAINT, ImageFont.load_default(13))
    return np.asarray(sheet)


def _enlarged(pixels: ByteImage) -> Image.Image:
    # Pixels stay squares: any smoother zoom would be one more upscaler in the test.
    return Image.fromarray(pixels).resize((_SIDE, _SIDE), Image.Resampling.NEAREST)


def _write_caption(
    draw: ImageDraw.ImageDraw, detail: Detail, corner: tuple[int, int]
) -> None:
    font = ImageFont.load_default(15)
    x, y = corner[0], corner[1] + _SIDE + 5
    draw.text((x, y), detail.caption, _INK, font)
    if detail.figure:
        draw.text((x + _SIDE, y), detail.figure, _FAINT, font, anchor="ra")
