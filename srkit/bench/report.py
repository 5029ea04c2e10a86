"""What `srkit bench` found, as JSON and as a table."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

    from srkit.bench.machine import Machine


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured value."""

    name: str
    value: float
    unit: str
    note: str = ""
    """How it was measured."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """All figures of one run, with the machine they hold for."""

    machine: Machine
    preset: str
    figures: tuple[Figure, ...]
    missing: tuple[str, ...] = ()
    """What could not be measured here, and why."""

    def value(self, name: str) -> float:
        """The value of a figure by its name.

        Raises:
            KeyError: If it was not measured.
        """
        return {figure.name: figure.value for figure in self.figures}[name]

    def to_json(self) -> str:
        """Everything as JSON."""
        content: dict[str, Any] = {
            "preset": self.preset,
            "machine": self.machine.as_dict(),
            "figures": [asdict(figure) for figure in self.figures],
            "missing": list(self.missing),
        }
        return json.dumps(content, indent=2)

    def to_table(self) -> Table:
        """A table for the terminal, the machine below it."""
        from rich.table import Table
        from rich.text import Text

        # As text: rich would take the brackets of srkit[bench] for its own.
        below = Text("\n".join([str(self.machine), *self.missing]))
        table = Table(title=self.preset, caption=below, caption_justify="left")
        table.add_column("figure")
        table.add_column("value", justify="right")
        table.add_column("unit")
        table.add_column("how")
        for figure in self.figures:
            value = f"{figure.value:.4g}"
            table.add_row(figure.name, value, figure.unit, figure.note)
        return table

    def to_markdown(self) -> str:
        """The same table for a README."""
        lines = ["| figure | value | unit | how |", "|---|---:|---|---|"]
        for each in self.figures:
            note = each.note.replace("|", "\\|")  # protocols are full of them
            lines.append(f"| {each.name} | {each.value:.4g} | {each.unit} | {note} |")
        lines += ["", f"{self.preset} on: {self.machine}"]
        lines += [f"\nNot measured: {reason}" for reason in self.missing]
        return "\n".join(lines)
