"""Degradations by name, and from the settings that a file or a checkpoint holds."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from srkit.data.degradations.base import Degradation
from srkit.data.degradations.blur import (
    GaussianBlur,
    MotionBlur,
    PlateauBlur,
    SincBlur,
)
from srkit.data.degradations.combining import Chain, OneOf, Sometimes
from srkit.data.degradations.compression import H264, JPEG, MJPEG, MPEG4
from srkit.data.degradations.denoising import LineArt, NonLocalMeans
from srkit.data.degradations.interlacing import Interlacing
from srkit.data.degradations.noise import GaussianNoise, NightSensor, PoissonNoise
from srkit.data.degradations.overlay import OnScreenText
from srkit.data.degradations.pipelines import CCTV, RealESRGAN
from srkit.data.degradations.resizing import Resize
from srkit.data.degradations.warping import Warp
from srkit.errors import ArgumentError

_SINGLE = (
    *(CCTV, RealESRGAN, LineArt, GaussianBlur, PlateauBlur, SincBlur, MotionBlur),
    *(GaussianNoise, PoissonNoise, NightSensor, JPEG, H264, MPEG4, MJPEG),
    *(NonLocalMeans, Interlacing, OnScreenText, Resize, Warp),
)
_KINDS: dict[str, type[Degradation]] = {
    made.kind: made for made in (*_SINGLE, Chain, OneOf, Sometimes)
}

DEGRADATIONS = tuple(made.kind for made in _SINGLE)
"""Names that stand for a degradation with its usual settings."""


def find_degradation(wanted: Degradation | str | Path) -> Degradation:
    """Finds a degradation by its name, or by a JSON file with its settings.

    Args:
        wanted: One of `DEGRADATIONS`, the path of a ``.json`` that holds what
            `to_dict` gives, or a degradation, which is given back.

    Raises:
        ArgumentError: If there is none of that name, or the file holds none.
    """
    if isinstance(wanted, Degradation):
        return wanted
    if str(wanted).lower().endswith(".json"):
        return _read(Path(wanted))
    name = str(wanted).lower()
    if name not in DEGRADATIONS:
        hint = _hint(name, DEGRADATIONS)
        raise ArgumentError(f"`degradation` is unknown. {hint} Received: {wanted!r}")
    return _KINDS[name]()


def from_dict(settings: dict[str, Any]) -> Degradation:
    """Makes a degradation of what `Degradation.to_dict` gave, or a part of it.

    Raises:
        ArgumentError: If kind or setting are unknown, or a setting is out of range.
    """
    if not isinstance(settings, dict) or settings.get("kind") not in _KINDS:
        kind = settings.get("kind") if isinstance(settings, dict) else settings
        raise ArgumentError(
            f"`kind` of a degradation is unknown. {_hint(str(kind), _KINDS)} "
            f"Received: {kind!r}"
        )
    made = _KINDS[settings["kind"]]
    known = [about.name for about in fields(made)]
    values = {name: value for name, value in settings.items() if name != "kind"}
    for name in values:
        if name not in known:
            hint = _hint(name, known)
            raise ArgumentError(f"{made.kind} has no setting {name!r}. {hint}")
    try:
        return made(**{name: _value(value) for name, value in values.items()})
    except TypeError as error:  # a setting without a default is absent
        raise ArgumentError(f"{made.kind} cannot be made: {error}") from error


def _value(value: Any) -> Any:
    """A setting as a degradation holds it: degradations for dicts, tuples for lists."""
    if isinstance(value, dict):
        return from_dict(value)
    return tuple(map(_value, value)) if isinstance(value, list) else value


def _read(file: Path) -> Degradation:
    try:
        return from_dict(json.loads(file.read_text()))
    except (OSError, ValueError) as error:
        if isinstance(error, ArgumentError):
            raise
        raise ArgumentError(
            f"`degradation` cannot be read from {file}: {error}"
        ) from error


def _hint(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name.lower(), list(known), n=1)
    return f"Did you mean {near[0]!r}?" if near else f"It is one of {', '.join(known)}."
