"""What an audit found, as objects, as text and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

_LINES_A_KIND = 10

CURES = {
    "unreadable": "Remove the file or fetch it anew; what reads it stops there.",
    "unpaired": "Put the missing picture back, or remove its partner.",
    "ratio": "Make LR from HR anew, or name the right `scale`.",
    "mismatched": "LR shows another picture: check the order of the names.",
    "misaligned": "Make LR with half-pixel centres, as srkit does, not by taking every "
    "n-th pixel; a network trained on it learns to shift.",
    "test set": "Remove it, or figures on that set mean nothing.",
    "duplicate": "Remove one; it is seen twice as often as the others.",
    "enlarged": "Shrink it by that factor or remove it: it teaches to blur.",
    "too small": "It is left out; take a smaller `crop` to use it.",
    "jpeg": "Shrink it (x0.5 hides the blocks), or keep it if there is nothing better.",
}
"""What to do about each kind of finding."""


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """Training would stop, or its result would be wrong."""
    WARNING = "warning"
    """Training would run, and be worse for it."""
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with one file."""

    severity: Severity
    kind: str
    """One of the keys of `CURES`."""
    file: Path
    what: str
    """What was found, with its measure."""

    @property
    def cure(self) -> str:
        """What to do about it."""
        return CURES[self.kind]


@dataclass(frozen=True)
class AuditReport:
    """All that an audit found, worst first."""

    folder: str
    pictures: int
    """How many files were looked at."""
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that make the data unfit."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)

    def __str__(self) -> str:
        """One line a finding, by kind, with the cure under each kind."""
        counts = Counter(finding.severity for finding in self.findings)
        numbers: dict[str, int] = {"picture": self.pictures}
        numbers |= {level: counts[level] for level in Severity}
        parts = [f"{n} {word}{'s' * (n != 1)}" for word, n in numbers.items()]
        lines = [f"{self.folder}: {', '.join(parts)}"]
        kinds: dict[tuple[Severity, str], list[Finding]] = {}
        for finding in self.findings:
            kinds.setdefault((finding.severity, finding.kind), []).append(finding)
        for (severity, kind), found in kinds.items():
            lines += ["", f"{severity}: {kind} ({len(found)}). {CURES[kind]}"]
            shown = found[:_LINES_A_KIND]
            lines += [f"  {finding.file}: {finding.what}" for finding in shown]
            if len(found) > len(shown):
                lines.append(f"  ... and {len(found) - len(shown)} more")
        return "\n".join(lines)

    def to_json(self) -> str:
        """The report as JSON, with every finding."""
        found = [
            {**asdict(finding), "file": str(finding.file), "cure": finding.cure}
            for finding in self.findings
        ]
        facts = {"folder": self.folder, "pictures": self.pictures, "findings": found}
        return json.dumps(facts, indent=2)
