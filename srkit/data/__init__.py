"""Pictures from disk: training pairs, evaluation sets, audits, known data sets."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .pipeline import pairs as pairs
from .preparation import DOWNSIZES as DOWNSIZES
from .sets import EvaluationSet as EvaluationSet
from .sets import load as load

if TYPE_CHECKING:
    from . import degradations as degradations
    from .drawing import draw_lineart as draw_lineart
    from .inspection import audit as audit
    from .report import AuditReport as AuditReport
    from .sequence import PatchSequence as PatchSequence

# Loaded on their first touch: they need Keras or OpenCV, which take a while.
_LATE = {
    "AuditReport": "report",
    "PatchSequence": "sequence",
    "audit": "inspection",
    "draw_lineart": "drawing",
}


def __getattr__(name: str) -> Any:
    """Loads a name that takes a while on its first touch."""
    if name == "degradations":
        return import_module("srkit.data.degradations")
    if name in _LATE:
        return getattr(import_module(f"srkit.data.{_LATE[name]}"), name)
    message = f"module 'srkit.data' has no attribute {name!r}"
    raise AttributeError(message)
