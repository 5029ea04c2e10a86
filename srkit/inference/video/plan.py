"""What is decided before the first frame: sizes, formats, how frames travel."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.errors import ArgumentError
from srkit.inference.video.containers import Container, container_of
from srkit.inference.video.encoder import Coding, Shape
from srkit.inference.video.formats import choose, plain
from srkit.inference.video.library import pyav
from srkit.inference.video.pictures import format_of
from srkit.inference.video.routes import PlanesRoute, Route, route

if TYPE_CHECKING:
    from srkit.image import Label
    from srkit.inference.video.footage import Footage
    from srkit.inference.video.settings import Settings


class Plan:
    """How one film is made of another.

    Args:
        upscaler: What enlarges.
        source: The frames that come.
        target: Where the larger ones go: a film, or a folder.
        settings: How.
    """

    def __init__(
        self, upscaler: Any, source: Footage, target: Path, settings: Settings
    ) -> None:
        self.upscaler, self.source = upscaler, source
        self.target, self.settings = target, settings

    @cached_property
    def container(self) -> Container | None:
        """The kind of file; None for a folder."""
        return None if is_folder(self.target) else container_of(self.target)

    @cached_property
    def coding(self) -> Coding:
        """How frames are encoded."""
        usual = "png" if self.container is None else self.container.codec
        settings = self.settings
        return Coding(
            codec=settings.codec or usual, crf=settings.crf, speed=settings.speed
        )

    @cached_property
    def size(self) -> tuple[int, int]:
        """Height and width of the enlarged picture."""
        height, width = self.source.facts.height, self.source.facts.width
        out = _size_of(self.upscaler, height, width)
        if (roi := self.settings.roi) is None:
            return out
        roi.check(height, width)
        factor, rest = divmod(out[0], height)
        # Of what runs more than once, or is shrunk after it, the halo is not known.
        own = getattr(_model(self.upscaler), "scale", factor)
        if rest or out[1] != width * factor or factor != own:
            raise ArgumentError(
                "`roi` needs the network's own factor: leave out `scale` and `width`. "
                f"Received: {width}x{height} to {out[1]}x{out[0]}"
            )
        return roi.height * factor, roi.width * factor

    @property
    def factor(self) -> float:
        """How much larger things become."""
        roi = self.settings.roi
        return self.size[0] / (roi.height if roi else self.source.facts.height)

    @cached_property
    def route(self) -> Route:
        """How frames reach the network and the encoder."""
        facts, settings = self.source.facts, self.settings
        size = self.size[0], self.size[1] * (1 + settings.side_by_side)
        if self.container is None:
            pixel_format = format_of(facts.pixel_format)
        else:
            pixel_format = choose(facts.pixel_format, self.coding.codec, size)
        scale = getattr(_model(self.upscaler), "scale", None)
        # Planes are enlarged by the network's own scale, once.
        once = scale is None or size == (facts.height * scale, facts.width * scale)
        whole = settings.roi is None and not settings.side_by_side
        alone = settings.fuse == 1 and not settings.steady
        ensemble = getattr(self.upscaler, "ensemble", False)
        planes = whole and alone and once and not ensemble
        return route(self.upscaler, facts, pixel_format, planes=planes)

    @cached_property
    def shape(self) -> Shape:
        """What the encoded frames are like."""
        facts = self.source.facts
        return Shape(
            height=self.size[0],
            width=self.size[1] * (1 + self.settings.side_by_side),
            pixel_format=self.route.pixel_format,
            color=self.route.written,
            time_base=facts.time_base,
            rate=facts.rate,
            aspect=facts.aspect,
        )

    @property
    def at_once(self) -> int:
        """How many frames the network works on at the same time."""
        return self.settings.at_once or (
            2 if isinstance(self.route, PlanesRoute) else 1
        )

    @property
    def halo(self) -> int | None:
        """How far the network sees, in pixels of the source; None if everywhere."""
        radius: int | None = getattr(_model(self.upscaler), "radius", None)
        return radius

    @property
    def label(self) -> Label | None:
        """What the result must say whose detail the network has invented."""
        label = getattr(_model(self.upscaler), "label", None)
        told: Label | None = label(self.factor) if label is not None else None
        return told

    @property
    def identity(self) -> dict[str, Any]:
        """What makes this job the one it is."""
        settings = self.settings
        return {
            "source": self.source.identity,
            "network": _network(self.upscaler),
            "size": [self.shape.width, self.shape.height],
            "encoder": [self.coding.codec, self.coding.options],
            "format": self.shape.pixel_format,
            "roi": repr(settings.roi),
            "side_by_side": settings.side_by_side,
            "steady": settings.steady,
            "fuse": settings.fuse,
            "segment": settings.segment,
            "pyav": pyav().__version__,
        }

    @property
    def said(self) -> list[str]:
        """What a user should know of it."""
        facts, said = self.source.facts, []
        if facts.color.guessed:
            guessed = ", ".join(facts.color.guessed)
            said.append(
                f"the source does not tell its {guessed}: taken as {facts.color}"
            )
        if self.container and plain(facts.pixel_format) != self.shape.pixel_format:
            said.append(
                f"{facts.pixel_format} was written as {self.shape.pixel_format}, which "
                "holds all of it"
            )
        if self.container is None and facts.aspect not in (None, 1):
            said.append(
                f"the film's pixels are {facts.aspect} as wide as high; pictures do "
                "not say so"
            )
        return said


def is_folder(target: Path) -> bool:
    """Whether frames go into a folder: it is there already, or has no suffix."""
    return target.is_dir() or not target.suffix


def _model(upscaler: Any) -> Any:
    return getattr(upscaler, "model", None)


def _size_of(upscaler: Any, height: int, width: int) -> tuple[int, int]:
    if hasattr(upscaler, "size_of"):
        size: tuple[int, int] = upscaler.size_of(height, width)
        return size
    larger = upscaler.enlarge(np.zeros((16, 16, 3), np.uint8))
    return height * larger.shape[0] // 16, width * larger.shape[1] // 16


def _network(upscaler: Any) -> str:
    """What tells one upscaler from another: its kind, and its weights as SHA-256."""
    model = _model(upscaler)
    digest = hashlib.sha256()
    for weight in model.get_weights() if model is not None else ():
        digest.update(np.ascontiguousarray(weight).tobytes())
    ways = [
        f"{name}={getattr(upscaler, name)!r}"
        for name in ("precision", "ensemble")
        if hasattr(upscaler, name)
    ]
    kind = type(upscaler if model is None else model).__name__
    return " ".join([kind, digest.hexdigest()[:16], *ways])
