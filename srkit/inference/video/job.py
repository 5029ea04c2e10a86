"""One film from its source to its place."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

from srkit.errors import UnreadableVideoError, VideoError
from srkit.inference.video.around import Around
from srkit.inference.video.check import check_film
from srkit.inference.video.copies import Copies
from srkit.inference.video.film import join
from srkit.inference.video.journal import Journal
from srkit.inference.video.library import put, writing
from srkit.inference.video.pictures import FolderSink
from srkit.inference.video.pipeline import Pipeline
from srkit.inference.video.preview import Preview
from srkit.inference.video.report import Report, Watch
from srkit.inference.video.sinks import FilmSink
from srkit.inference.video.source import Source

if TYPE_CHECKING:
    from pathlib import Path

    from srkit.inference.video.frames import Frame
    from srkit.inference.video.plan import Plan

_OTHERS = "others.nut"
"""What a stream sends beside its pictures."""
Progress = Callable[[int, int | None], None]


@dataclass
class Job:
    """One film.

    Args:
        plan: How it is made.
        resume: Whether to go on with what an earlier run finished.
        progress: Called with the frames done and, if known, their number.
    """

    plan: Plan
    resume: bool = False
    progress: Progress | None = None
    said: list[str] = field(default_factory=list)
    watch: Watch = field(default_factory=Watch)
    _passed: bool = False
    """Whether the source is a stream, and an earlier run has kept what there is."""

    def run(self) -> Report:
        """Does it all.

        Raises:
            SrkitError: If something cannot be done; the journal is kept.
        """
        start = perf_counter()
        plan, source = self.plan, self.plan.source
        with closing(Journal(self.folder, resume=self.resume)) as journal:
            self._passed = source.live and journal.frames > 0
            fresh = source.live and not self._passed
            if fresh and isinstance(source, Source) and plan.container:
                source.record(self.folder / _OTHERS)
            # This looks at the first frame, and what comes with it must be recorded.
            journal.begin(plan.identity | {"time_base": str(plan.shape.time_base)})
            return self._run(journal, start)

    def _run(self, journal: Journal, start: float) -> Report:
        plan = self.plan
        before = journal.frames
        if self._passed:
            self.said.append(
                "a stream cannot be read again: what an earlier run had finished of it "
                "was joined"
            )
        else:
            self._enlarge(journal)
        if not journal.segments:
            journal.remove()
            raise VideoError(f"`{plan.source.location}` has no frame in that span.")
        self._finish(journal)
        report = Report(
            target=plan.target,
            frames=journal.frames,
            computed=journal.frames - before,
            height=plan.shape.height,
            width=plan.shape.width,
            seconds=perf_counter() - start,
            replaced=tuple(each for done in journal.segments for each in done.troubles),
            said=tuple(plan.said + plan.source.said + self.said),
            stages=self.watch.seconds,
        )
        journal.remove()
        return report

    @property
    def folder(self) -> Path:
        """Where the journal lies."""
        target = self.plan.target.resolve()  # "." has no name
        return target.with_name(f"{target.name}.journal")

    def _enlarge(self, journal: Journal) -> None:
        """Takes all frames through the network into segments."""
        plan, total = self.plan, self.plan.source.facts.frames
        around = Around(
            plan.settings, self.watch, first=journal.frames, state=journal.state()
        )
        sink = self._sink(journal, around)
        every = plan.settings.preview_every
        preview = Preview(plan.settings.preview, every, plan.label)

        def write(image: Any, frame: Frame) -> None:
            preview.show(image)
            sink.add(image, frame)

        def tell(frame: Frame) -> None:
            if self.progress:
                self.progress(frame.index + 1, total)

        pipeline = self._pipeline(around)
        begin = around.begin
        frames = (frame for frame in plan.source.frames() if frame.index >= begin)
        try:
            pipeline.run(frames, write, tell, at_once=plan.at_once)
            sink.commit()
        except KeyboardInterrupt:
            if not plan.source.live:
                raise
            self.said.append("stopped by hand")
            sink.commit()
        finally:
            sink.abandon()
        self.said += around.said + preview.said

    def _pipeline(self, around: Around) -> Pipeline:
        plan = self.plan
        return Pipeline(
            route=plan.route,
            size=plan.size,
            region=plan.settings.roi,
            halo=plan.halo,
            side_by_side=plan.settings.side_by_side,
            watch=self.watch,
            around=around,
        )

    def _sink(self, journal: Journal, around: Around) -> FilmSink | FolderSink:
        plan = self.plan
        length, state = plan.settings.segment, around.state
        if plan.container is None:
            facts = plan.source.facts
            return FolderSink(journal, plan.target, facts, length, state, plan.label)
        return FilmSink(journal, plan.coding, plan.shape, length, state)

    def _copies(self, journal: Journal) -> Copies:
        """What goes along with the pictures; of a stream, what was recorded."""
        plan, place = self.plan, self.folder / _OTHERS
        if not self._passed:
            return plan.source.copies(plan.container)
        pts, durations = journal.times()
        end = (pts[-1] + durations[-1]) * plan.shape.time_base
        try:
            there = str(place) if place.is_file() else None
            return Copies(there, None, plan.container, span=(None, end))
        except UnreadableVideoError as error:
            self.said.append(f"sound and what else came with it was lost: {error}")
            return Copies(None, None, plan.container)

    def _finish(self, journal: Journal) -> None:
        """Joins the segments, checks the film and puts it in its place."""
        plan = self.plan
        copies = self._copies(journal)
        if plan.container is None:
            left = FolderSink(journal, plan.target, plan.source.facts, 1).finish()
            self.said += copies.said + left
            return
        beside = self.folder / f"film{plan.target.suffix}"
        with self.watch.time("join"), writing(beside):
            join(
                beside,
                plan.container,
                journal,
                plan.shape,
                copies,
                orientation=plan.source.facts.orientation,
                factor=plan.factor,
                comment=plan.label.sentence if plan.label else "",
            )
        with self.watch.time("check"):
            lost = check_film(beside, journal, plan.shape.time_base, copies)
        copies.close()
        with writing(plan.target):
            put(beside, plan.target)
        self.said += [*copies.said, *lost]
