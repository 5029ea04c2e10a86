"""The table of an evaluation: a row for each method, set and protocol."""

from __future__ import annotations

import csv
import html
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from srkit.errors import ArgumentError
from srkit.metrics import Protocol, Score

from .columns import cell, heading, is_figure
from .layout import align, fold

Record = dict[str, str | int | float]
# What a cell of a Markdown table cannot hold as it is.
_MARKDOWN = str.maketrans({"|": r"\|", "\n": " "})


@dataclass(frozen=True, kw_only=True)
class ImageScore:
    """The figures of one image."""

    name: str
    psnr: Score
    ssim: Score
    more: Mapping[str, Score | None] = field(default_factory=dict, hash=False)
    """What else was measured, by column; None where a picture has no such figure."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One method on one set, under one protocol."""

    method: str
    precision: str
    """Arithmetic of the method: "float32", "bfloat16"; "uint8" for a resize."""
    set: str
    scale: int
    images: tuple[ImageScore, ...]

    @property
    def psnr(self) -> Score:
        """Mean of the images' PSNR, in dB."""
        return Score.mean(image.psnr for image in self.images)

    @property
    def ssim(self) -> Score:
        """Mean of the images' SSIM."""
        return Score.mean(image.ssim for image in self.images)

    @property
    def more(self) -> Mapping[str, Score]:
        """Means of what else was measured, by column, over the images that have it."""
        found = {
            name: [s for i in self.images if (s := i.more[name]) is not None]
            for name in self.images[0].more
        }
        return {name: Score.mean(scores) for name, scores in found.items() if scores}

    @property
    def gaps(self) -> Mapping[str, int]:
        """Number of images without a figure, by column."""
        figures = [pair for image in self.images for pair in image.more.items()]
        return Counter(name for name, score in figures if score is None)

    @property
    def protocol(self) -> Protocol | str:
        """How all of them were measured."""
        return self.psnr.protocol


@dataclass(frozen=True)
class Table:
    """Figures beside each other, each with its protocol.

    Prints itself, shows itself in notebooks, and adds up: tables of several networks
    give one, each row once.

    Args:
        rows: What was measured.
    """

    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Row]:
        """Goes through the rows from the top."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def __add__(self, other: Table) -> Table:
        """Both tables' rows."""
        return Table(tuple(dict.fromkeys([*self.rows, *other.rows])))

    def row(self, method: str, dataset: str) -> Row:
        """The first row of a method on a set.

        Raises:
            ArgumentError: If there is none.
        """
        for row in self.rows:
            if (row.method, row.set) == (method, dataset):
                return row
        known = ", ".join(f"{row.method!r} on {row.set!r}" for row in self.rows)
        raise ArgumentError(
            f"The table has rows of {known or 'nothing'}. "
            f"Received: {method!r} on {dataset!r}"
        )

    def records(self, *, per_image: bool = False) -> list[Record]:
        """One dictionary a row, or an image; figures are not rounded."""
        if per_image:
            return [
                _record(row, "image", image.name, image)
                for row in self.rows
                for image in row.images
            ]
        return [_record(row, "images", len(row.images), row) for row in self.rows]

    def to_markdown(self, *, per_image: bool = False) -> str:
        """A table for a README."""
        head, *body = self._cells(per_image=per_image)
        lines = [head, ["---:" if is_figure(name) else "---" for name in head], *body]
        cells = ([cell.translate(_MARKDOWN) for cell in line] for line in lines)
        table = "\n".join(f"| {' | '.join(line)} |" for line in cells)
        notes = "; ".join(self._notes()).translate(_MARKDOWN)
        return f"{table}\n\n{notes}" if notes else table

    def to_csv(self, *, per_image: bool = False) -> str:
        """Comma-separated values with a line of names; figures in full."""
        records = self.records(per_image=per_image)
        text = io.StringIO()
        writer = csv.DictWriter(text, _names(records), lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
        return text.getvalue()

    def to_json(self, *, per_image: bool = False) -> str:
        """A list of objects; what is no number in JSON is a string, "inf" or "nan"."""
        records = [
            {
                name: value if isinstance(value, str) or isfinite(value) else str(value)
                for name, value in record.items()
            }
            for record in self.records(per_image=per_image)
        ]
        return json.dumps(records, indent=2, allow_nan=False)

    def to_text(self, *, per_image: bool = False, width: int = 120) -> str:
        """Aligned columns for a terminal.

        Where they do not fit into `width`, further measures stand below the rest.
        """
        tables = fold(self._cells(per_image=per_image), width=width)
        texts = [*map(align, tables), "\n".join(self._notes())]
        return "\n\n".join(filter(None, texts))

    def __str__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        head, *body = self._cells(per_image=False)
        rows = [_html_row("th", head), *(_html_row("td", line) for line in body)]
        notes = html.escape("; ".join(self._notes()))
        return f"<table>{''.join(rows)}</table>" + (notes and f"<p>{notes}</p>")

    def _notes(self) -> list[str]:
        """The further columns' protocols, which PSNR's is not, and what they lack."""
        columns: dict[str, dict[str, None]] = {}
        for row in self.rows:
            for name, score in row.more.items():
                columns.setdefault(str(score.protocol), {})[heading(name)] = None
        stamps = [f"{', '.join(names)}: {stamp}" for stamp, names in columns.items()]
        return [*stamps, *(gap for row in self.rows for gap in _gaps(row))]

    def _cells(self, *, per_image: bool) -> list[list[str]]:
        """Headings and rows as text, figures rounded."""
        records = self.records(per_image=per_image)
        names = [name for name in _names(records) if heading(name)]
        body = [[cell(name, record) for name in names] for record in records]
        return [[heading(name) for name in names], *body]


def _gaps(row: Row) -> Iterator[str]:
    for name, count in row.gaps.items():
        yield (
            f"{heading(name)} of {row.method} on {row.set}: without {count} of "
            f"{len(row.images)} images, too small for it or without texture"
        )


def _record(row: Row, key: str, value: str | int, scores: Row | ImageScore) -> Record:
    more = {name: score for name, score in scores.more.items() if score is not None}
    return {
        "method": row.method,
        "precision": row.precision,
        "set": row.set,
        "scale": row.scale,
        key: value,
        "psnr": float(scores.psnr),
        "ssim": float(scores.ssim),
        **{name: float(score) for name, score in more.items()},
        "protocol": str(row.protocol),
        **{f"{name}_protocol": str(s.protocol) for name, s in more.items()},
    }


def _names(records: Sequence[Record]) -> list[str]:
    return [*dict.fromkeys(name for record in records for name in record)]


def _html_row(tag: str, cells: Sequence[str]) -> str:
    inner = "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells)
    return f"<tr>{inner}</tr>"
