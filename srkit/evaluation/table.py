"""The table of an evaluation: a row for each method, set and protocol."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from srkit.errors import ArgumentError
from srkit.metrics import Protocol, Score

Record = dict[str, str | int | float]
_HEADINGS = {
    "method": "Method",
    "precision": "Precision",
    "set": "Set",
    "scale": "Scale",
    "images": "Images",
    "image": "Image",
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
    "niqe": "NIQE",
    "lr_psnr": "LR-PSNR (dB)",
    "bias_r": "Bias R",
    "bias_g": "Bias G",
    "bias_b": "Bias B",
    "checkerboard": "Checkerboard",
    "protocol": "Protocol",
}
_FORMS = {"psnr": ".2f", "ssim": ".4f", "niqe": ".2f", "lr_psnr": ".2f"}
_FORMS |= {"bias_r": "+.2f", "bias_g": "+.2f", "bias_b": "+.2f", "checkerboard": ".2f"}
ORIGINAL = "original"
"""The method of the row of the originals, which are not compared with themselves."""
# What a cell of a Markdown table cannot hold as it is.
_MARKDOWN = str.maketrans({"|": r"\|", "\n": " "})


@dataclass(frozen=True, kw_only=True)
class ImageScore:
    """The figures of one image."""

    name: str
    psnr: Score
    ssim: Score
    more: Mapping[str, Score] = field(default_factory=dict, hash=False)
    """What else was measured, by column."""


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
        """Means of what else was measured, by column."""
        names = self.images[0].more
        return {
            name: Score.mean(image.more[name] for image in self.images)
            for name in names
        }

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
        lines = [head, ["---:" if _is_figure(name) else "---" for name in head], *body]
        cells = ([cell.translate(_MARKDOWN) for cell in line] for line in lines)
        table = "\n".join(f"| {' | '.join(line)} |" for line in cells)
        notes = self._notes()
        return f"{table}\n\n{notes.translate(_MARKDOWN)}" if notes else table

    def to_csv(self, *, per_image: bool = False) -> str:
        """Comma-separated values with a line of names; figures in full."""
        records = self.records(per_image=per_image)
        text = io.StringIO()
        writer = csv.DictWriter(
            text, records[0] if records else [], lineterminator="\n"
        )
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

    def to_text(self, *, per_image: bool = False) -> str:
        """Aligned columns for a terminal."""
        lines = self._cells(per_image=per_image)
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        numeric = [_is_figure(name) for name in lines[0]]
        table = "\n".join(
            "  ".join(
                cell.rjust(width) if right else cell.ljust(width)
                for cell, width, right in zip(line, widths, numeric, strict=True)
            ).rstrip()
            for line in lines
        )
        notes = self._notes()
        return f"{table}\n\n{notes}" if notes else table

    def __str__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        head, *body = self._cells(per_image=False)
        rows = [_html_row("th", head), *(_html_row("td", line) for line in body)]
        notes = html.escape(self._notes())
        return f"<table>{''.join(rows)}</table>" + (notes and f"<p>{notes}</p>")

    def _notes(self) -> str:
        """The protocols of the further columns, which that of PSNR is not."""
        stamps = dict.fromkeys(
            f"{_HEADINGS[name]}: {score.protocol}"
            for row in self.rows
            for name, score in row.more.items()
        )
        return "; ".join(stamps)

    def _cells(self, *, per_image: bool) -> list[list[str]]:
        """Headings and rows as text, figures rounded."""
        records = self.records(per_image=per_image)
        names = [name for name in (records or [{}])[0] if name in _HEADINGS]
        body = [[_cell(name, record) for name in names] for record in records]
        return [[_HEADINGS[name] for name in names], *body]


def _record(row: Row, key: str, value: str | int, scores: Row | ImageScore) -> Record:
    return {
        "method": row.method,
        "precision": row.precision,
        "set": row.set,
        "scale": row.scale,
        key: value,
        "psnr": float(scores.psnr),
        "ssim": float(scores.ssim),
        **{name: float(score) for name, score in scores.more.items()},
        "protocol": str(row.protocol),
        **{f"{name}_protocol": str(s.protocol) for name, s in scores.more.items()},
    }


def _cell(name: str, record: Record) -> str:
    value = record[name]
    if name == "scale":
        return f"x{value}"
    if name in ("psnr", "ssim") and record["method"] == ORIGINAL:
        return "-"
    return f"{value:{_FORMS[name]}}" if name in _FORMS else str(value)


def _is_figure(heading: str) -> bool:
    return heading in (_HEADINGS[name] for name in ("images", *_FORMS))


def _html_row(tag: str, cells: Sequence[str]) -> str:
    inner = "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells)
    return f"<tr>{inner}</tr>"
