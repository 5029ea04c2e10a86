"""Lines of cells as text: aligned columns, and what to do with too many."""

from __future__ import annotations

from collections.abc import Sequence

from .columns import is_figure, is_further, is_key

Lines = Sequence[Sequence[str]]
"""A line of headings and one for each row, all of as many cells."""

_GAP = "  "


def align(lines: Lines) -> str:
    """Columns beside each other, figures to the right."""
    columns = [_padded(column) for column in zip(*lines, strict=True)]
    height = max(map(len, columns), default=0)
    # Headings of one line stand on the level of the last line of the others.
    for column in columns:
        column[:0] = [" " * len(column[0])] * (height - len(column))
    return "\n".join(_GAP.join(line).rstrip() for line in zip(*columns, strict=True))


def fold(lines: Lines, *, width: int) -> list[Lines]:
    """The lines as tables no wider than `width`, as far as can be.

    What was measured beside PSNR and SSIM goes into further tables, where the columns
    that tell one row from another stand again, and rows without a figure do not.
    """
    columns = [*zip(*lines, strict=True)]
    further = [column for column in columns if is_further(column[0])]
    if _width(columns) <= width or not further:
        return [lines]
    tables = [[column for column in columns if column not in further]]
    keys = [column for column in columns if is_key(column[0])]
    for column in further:
        if len(tables) == 1 or _width([*tables[-1], column]) > width:
            tables.append([*keys])
        tables[-1].append(column)
    return [_lines(table, keys=len(keys)) for table in tables]


def _lines(columns: Lines, *, keys: int) -> Lines:
    return [line for line in zip(*columns, strict=True) if any(line[keys:])]


def _width(columns: Lines) -> int:
    return sum(len(_padded(column)[0]) + len(_GAP) for column in columns) - len(_GAP)


def _padded(column: Sequence[str]) -> list[str]:
    """The lines of a column, all as long; a heading with a bracket takes two."""
    lines = [*column[0].replace("[", "\n[").split("\n"), *column[1:]]
    width = max(map(len, lines))
    pad = str.rjust if is_figure(column[0]) else str.ljust
    return [pad(line, width) for line in lines]
