"""Pictures from disk: training pairs, evaluation sets, audits, known data sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .pairs import pairs as pairs
from .preparation import DOWNSIZES as DOWNSIZES
from .sets import EvaluationSet as EvaluationSet
from .sets import load as load

if TYPE_CHECKING:
    from .sequence import PatchSequence as PatchSequence


def __getattr__(name: str) -> Any:
    """Loads `PatchSequence` on its first touch, since it needs Keras."""
    if name == "PatchSequence":
        from .sequence import PatchSequence

        return PatchSequence
    message = f"module 'srkit.data' has no attribute {name!r}"
    raise AttributeError(message)
