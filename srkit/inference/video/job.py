"""One film from its source to its place: what is done once, around the frames."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

import srkit
from srkit.errors import ArgumentError
from srkit.inference.video.check import check_film
from srkit.inference.video.containers import container_of
from srkit.inference.video.copies import Copies
from srkit.inference.video.encoder import Coding, Shape
from srkit.inference.video.film import join
from srkit.inference.video.formats import choose
from srkit.inference.video.journal import Journal, fingerprint
from srkit.inference.video.library import pyav, writing
from srkit.inference.video.pipeline import Pipeline
from srkit.inference.video.preview import Preview
from srkit.inference.video.report import Report, Watch
from srkit.inference.video.routes import Route, route
from srkit.inference.video.sinks import FilmSink

if TYPE_CHECKING:
    from srkit.inference.video.frames import Facts, Frame
    from srkit.inference.video.region import Region
    from srkit.inference.video.source import Source

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How films are enlarged.

    Args:
        codec: FFmpeg's encoder; None for the container's usual one.
        crf: Its quality, lower is better, 0 without loss.
        speed: Its preset, "veryfast" for instance.
        roi: Part of the picture to enlarge, in pixels of the source.
        side_by_side: Whether the source stands on the left, enlarged by bicubic.
        deinterlace: Whether to make whole pictures of interlaced ones.
        on_error: "stop" or "bicubic", at frames that cannot be decoded.
        segment: Frames after which the work so far is safe.
        at_once: Frames that the network works on at the same time.
        preview: Picture to write every so often.
        preview_every: Seconds between two of those.
    """

    codec: str | None = None
    crf: int | None = None
    speed: str | None = None
    roi: Region | None = None
    side_by_side: bool = False
    deinterlace: bool = False
    on_error: str = "stop"
    segment: int = 250
    at_once: int = 2
    preview: Path | None = None
    preview_every: float = 10.0

    def __post_init__(self) -> None:
        if self.on_error not in ("stop", "bicubic"):
            raise ArgumentError(
                f"`on_error` must be 'stop' or 'bicubic'. Received: {self.on_error!r}"
            )
        for name in ("segment", "at_once"):
            if getattr(self, name) < 1:
                raise ArgumentError(
                    f"`{name}` must be at least 1. Received: {getattr(self, name)}"
                )


@dataclass
class Job:
    """One film.

    Args:
        upscaler: What enlarges.
        source: The film.
        target: Where the larger one goes.
        settings: How.
        resume: Whether to go on with what an earlier run finished.
        progress: Called with the frames done and, if known, their number.
    """

    upscaler: Any
    source: Source
    target: Path
    settings: Settings
    resume: bool = False
    progress: Progress | None = None
    said: list[str] = field(default_factory=list)
    watch: Watch = field(default_factory=Watch)

    def run(self) -> Report:
        """Does it all.

        Raises:
            SrkitError: If something cannot be done; the journal is kept.
        """
        start = perf_counter()
        journal = Journal(self.folder, self.identity, resume=self.resume)
        before = journal.frames
        self._enlarge(journal)
        self._finish(journal)
        replaced = [each for done in journal.segments for each in done.troubles]
        report = Report(
            target=self.target,
            frames=journal.frames,
            computed=journal.frames - before,
            height=self.shape.height,
            width=self.shape.width,
            seconds=perf_counter() - start,
            replaced=tuple(replaced),
            said=tuple(self.said),
            stages=self.watch.seconds,
        )
        journal.remove()
        return report

    @property
    def folder(self) -> Path:
        """Where the journal lies."""
        return self.target.with_name(f"{self.target.name}.journal")

    @property
    def facts(self) -> Facts:
        """Of the source."""
        return self.source.facts

    @cached_property
    def coding(self) -> Coding:
        """How frames are encoded."""
        usual = container_of(self.target).codec
        return Coding(
            codec=self.settings.codec or usual,
            crf=self.settings.crf,
            speed=self.settings.speed,
        )

    @cached_property
    def size(self) -> tuple[int, int]:
        """Height and width of the enlarged picture."""
        height, width = self.facts.height, self.facts.width
        out = size_of(self.upscaler, height, width)
        if (roi := self.settings.roi) is None:
            return out
        roi.check(height, width)
        factor, rest = divmod(out[0], height)
        if rest or out[1] != width * factor:
            raise ArgumentError(
                "`roi` needs a whole factor: leave `scale` and `width` to the "
                f"network. Received: {width}x{height} to {out[1]}x{out[0]}"
            )
        return roi.height * factor, roi.width * factor

    @cached_property
    def shape(self) -> Shape:
        """What the encoded frames are like."""
        facts, settings = self.facts, self.settings
        height, width = self.size[0], self.size[1] * (1 + settings.side_by_side)
        return Shape(
            height=height,
            width=width,
            pixel_format=choose(facts.pixel_format, self.coding.codec, (height, width)),
            colour=self.route.written,
            time_base=facts.time_base,
            rate=facts.rate,
            aspect=facts.aspect,
        )

    @cached_property
    def route(self) -> Route:
        """How frames reach the network and the encoder."""
        settings = self.settings
        height, width = self.size[0], self.size[1] * (1 + settings.side_by_side)
        form = choose(self.facts.pixel_format, self.coding.codec, (height, width))
        rgb = settings.side_by_side or settings.roi is not None
        return route(self.upscaler, self.facts, form, rgb=rgb)

    @property
    def identity(self) -> dict[str, Any]:
        """What makes this job the one it is."""
        settings, source = self.settings, self.source
        path = Path(source.location)
        return {
            "source": fingerprint(path) if path.is_file() else source.location,
            "network": network_of(self.upscaler),
            "size": [self.shape.width, self.shape.height],
            "encoder": [self.coding.codec, self.coding.options],
            "format": self.shape.pixel_format,
            "start": source.start,
            "duration": source.duration,
            "deinterlace": settings.deinterlace,
            "roi": repr(settings.roi),
            "segment": settings.segment,
            "versions": [srkit.__version__, pyav().__version__],
        }

    def _enlarge(self, journal: Journal) -> None:
        """Takes all frames through the network into segments."""
        done, total = journal.frames, self.facts.frames
        sink = FilmSink(journal, self.coding, self.shape, self.settings.segment)
        preview = Preview(self.settings.preview, self.settings.preview_every)

        def write(image: Any, frame: Frame) -> None:
            preview.show(image)
            sink.add(image, frame, {})

        def tell(frame: Frame) -> None:
            if self.progress:
                self.progress(frame.index + 1, total)

        pipeline = Pipeline(
            route=self.route,
            size=self.size,
            region=self.settings.roi,
            halo=getattr(getattr(self.upscaler, "model", None), "radius", None),
            side_by_side=self.settings.side_by_side,
            watch=self.watch,
        )
        frames = (frame for frame in self.source.frames() if frame.index >= done)
        try:
            pipeline.run(frames, write, tell, at_once=self.settings.at_once)
            sink.commit({})
        finally:
            sink.abandon()

    def _finish(self, journal: Journal) -> None:
        """Joins the segments, checks the film and puts it in its place."""
        container = container_of(self.target)
        copies = self._copies()
        beside = self.folder / f"film{self.target.suffix}"
        with self.watch.time("join"), writing(beside):
            join(
                beside,
                container,
                journal,
                self.shape,
                copies,
                orientation=self.facts.orientation,
                factor=self.size[0] / self.facts.height,
                comment=comment_of(self.upscaler, self.size[0] / self.facts.height),
            )
        with self.watch.time("check"):
            lost = check_film(beside, journal, self.shape.time_base, copies)
        copies.close()
        with writing(self.target):
            beside.replace(self.target)
        self.said += [*_told(self.facts), *self.source.said, *copies.said, *lost]

    def _copies(self) -> Copies:
        source = self.source
        cut = (source.span[0] if source.start else None, source.span[1])
        return Copies(
            location=source.location,
            pictures=source.stream.index,
            container=container_of(self.target),
            shift=source.shift,
            span=cut,
        )


def size_of(upscaler: Any, height: int, width: int) -> tuple[int, int]:
    """The size that an upscaler makes of a picture of a size."""
    if hasattr(upscaler, "size_of"):
        size: tuple[int, int] = upscaler.size_of(height, width)
        return size
    larger = upscaler.enlarge(np.zeros((16, 16, 3), np.uint8))
    return height * larger.shape[0] // 16, width * larger.shape[1] // 16


def network_of(upscaler: Any) -> str:
    """What tells one upscaler from another: its kind, and its weights as SHA-256."""
    model = getattr(upscaler, "model", None)
    digest = hashlib.sha256()
    for weight in model.get_weights() if model is not None else ():
        digest.update(np.ascontiguousarray(weight).tobytes())
    ways = [
        f"{name}={getattr(upscaler, name)!r}"
        for name in ("precision", "ensemble")
        if hasattr(upscaler, name)
    ]
    kind = type(model if model is not None else upscaler).__name__
    return " ".join([kind, digest.hexdigest()[:16], *ways])


def comment_of(upscaler: Any, factor: float) -> str:
    """What a film must say whose detail a network has invented."""
    label = getattr(getattr(upscaler, "model", None), "label", None)
    told = label(factor) if label is not None else None
    return told.sentence if told is not None else ""


def _told(facts: Facts) -> list[str]:
    said = []
    if facts.colour.guessed:
        guessed = ", ".join(facts.colour.guessed)
        said.append(f"the source does not tell its {guessed}: taken as {facts.colour}")
    if facts.interlaced:
        said.append("the source is interlaced; `deinterlace` (--deinterlace) weaves it")
    return said
