"""Films as folders: numbered pictures in, numbered pictures out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.errors import UnreadableVideoError, VideoError
from srkit.image import (
    Label,
    Metadata,
    Picture,
    list_pictures,
    read_picture,
    with_label,
    write_whole,
)
from srkit.inference.video.color import SRGB
from srkit.inference.video.footage import Footage
from srkit.inference.video.formats import Format
from srkit.inference.video.frames import Facts, Frame
from srkit.inference.video.journal import Finished, Journal, fingerprint
from srkit.inference.video.library import pyav
from srkit.inference.video.orientation import quarter_turns

if TYPE_CHECKING:
    from srkit.types import AnyImage

_DIGITS = re.compile(r"(\d+)")
# By channels and whether of 16 bits.
_FORMATS = {
    (1, False): "gray",
    (1, True): "gray16le",
    (3, False): "rgb24",
    (3, True): "rgb48le",
    (4, False): "rgba",
    (4, True): "rgba64le",
}


class PictureSource(Footage):
    """The pictures of a folder, in the order of their numbers, as frames.

    Args:
        location: The folder.
        fps: Pictures a second.
        start: Seconds to leave out at the beginning.
        duration: Seconds to take; None for all.
    """

    def __init__(
        self, location: str, *, fps: float, start: float, duration: float | None
    ) -> None:
        super().__init__(location)
        self.rate = Fraction(fps).limit_denominator(1001)
        first = round(start * self.rate)
        last = None if duration is None else first + max(1, round(duration * self.rate))
        self.files = sorted(list_pictures(location), key=_by_number)[first:last]
        if not self.files:
            raise UnreadableVideoError(
                f"`{location}` must hold pictures in that span. Received: none"
            )
        self.said.append(f"the pictures of the folder were shown {self.rate} a second")

    @cached_property
    def facts(self) -> Facts:
        """What holds for all pictures, seen at the first."""
        image = _as_frame(read_picture(self.files[0]).pixels)
        return Facts(
            height=image.height,
            width=image.width,
            pixel_format=image.format.name,
            color=SRGB,
            time_base=1 / self.rate,
            rate=self.rate,
            frames=len(self.files),
        )

    @property
    def identity(self) -> str:
        """Names of the files, and what tells each from another; their rate."""
        told = [f"{file.name} {fingerprint(file)}" for file in self.files]
        digest = hashlib.sha256("\n".join(told).encode())
        return f"{len(told)} pictures, {digest.hexdigest()[:16]}, {self.rate} a second"

    def frames(self) -> Iterator[Frame]:
        """The pictures.

        Raises:
            UnreadableImageError: If one cannot be read.
            VideoError: If one has another size or kind than the first.
        """
        facts = self.facts
        for index, file in enumerate(self.files):
            image = _as_frame(read_picture(file).pixels)
            now = (image.width, image.height, image.format.name)
            if now != (facts.width, facts.height, facts.pixel_format):
                raise VideoError(
                    "All pictures must be of one size and kind. "
                    f"Received: {file} is {now[0]}x{now[1]} {now[2]} after "
                    f"{facts.width}x{facts.height} {facts.pixel_format}"
                )
            yield Frame(index=index, pts=index, duration=1, image=image)


@dataclass
class FolderSink:
    """Writes frames as numbered PNG files, and their times beside.

    Args:
        journal: Where those that are there are noted.
        folder: Where to.
        facts: Of the source.
        length: Frames after which that is done.
        state: As for `FilmSink`.
        label: What each picture must say of the network that drew its detail.
    """

    journal: Journal
    folder: Path
    facts: Facts
    length: int
    state: Callable[[], dict[str, Any]] = dict
    label: Label | None = None
    _times: list[tuple[int, int]] = field(default_factory=list)
    _troubles: list[tuple[int, str]] = field(default_factory=list)

    def add(self, image: Any, frame: Frame) -> None:
        """Takes the next frame."""
        turns = quarter_turns(self.facts.orientation)
        pixels = _pixels(image, full=self.facts.color.full)
        picture = labelled(np.rot90(pixels, turns).copy(), self.label)
        picture.save(self.folder / picture_name(frame.index))
        self._times.append((frame.pts, frame.duration))
        if frame.trouble:
            self._troubles.append((frame.index, frame.trouble))
        if len(self._times) >= self.length:
            self.commit()

    def commit(self) -> None:
        """Notes the frames since the last time."""
        if self._times:
            path = self.journal.next_path
            done = Finished(path, self._times, 0, self._troubles)
            self.journal.commit(done, self.state())
            self._times, self._troubles = [], []

    def abandon(self) -> None:
        """Leaves what is not noted; it is written again."""

    def finish(self) -> list[str]:
        """Checks that all pictures are there and writes their times.

        Returns:
            What else a user should know of the folder.

        Raises:
            VideoError: If one is missing.
        """
        pts, _ = self.journal.times()
        for index in range(len(pts)):
            if not (self.folder / picture_name(index)).is_file():
                raise VideoError(
                    f"{self.folder} must hold {len(pts)} pictures. Received: without "
                    f"{picture_name(index)}"
                )
        lines = [
            f"{picture_name(index)},{self.facts.seconds(time):.6f}"
            for index, time in enumerate(pts)
        ]
        table = "\n".join(["picture,seconds", *lines, ""])
        write_whole(self.folder / "times.csv", table.encode())
        older = self.folder / picture_name(len(pts))
        return [f"{older} is an earlier job's, as may be others"] * older.exists()


def picture_name(index: int) -> str:
    """The file name of a frame."""
    return f"{index:06}.png"


def labelled(pixels: Any, label: Label | None) -> Picture:
    """A picture whose file will say what the label says."""
    told = Metadata(xmp=with_label(None, label)) if label else Metadata()
    return Picture(pixels, told)


def format_of(source: str) -> str:
    """What frames of a pixel format are written as."""
    form = Format.of(source)
    channels = 4 if form.alpha else 1 if form.gray else 3
    return _FORMATS[channels, form.bits > 8]


def _pixels(image: Any, *, full: bool) -> Any:
    """A frame as a picture, whose gray has no other way to its full range."""
    pixels = image.to_ndarray()
    if pixels.ndim == 3:
        return pixels
    most = np.iinfo(pixels.dtype).max
    if not full:
        stretched = (pixels / most * 255 - 16) / 219
        pixels = (stretched.clip(0, 1) * most + 0.5).astype(pixels.dtype)
    return pixels[..., None]


def _as_frame(pixels: AnyImage) -> Any:
    if pixels.shape[-1] == 2:  # gray with transparency
        pixels = np.concatenate(
            [np.repeat(pixels[..., :1], 3, -1), pixels[..., 1:]], -1
        )
    name = _FORMATS[pixels.shape[-1], pixels.dtype == np.uint16]
    array = pixels[..., 0] if name.startswith("gray") else pixels
    return pyav().VideoFrame.from_ndarray(np.ascontiguousarray(array), format=name)


def _by_number(path: Path) -> list[Any]:
    """Sorts frame 9 before frame 10."""
    parts = _DIGITS.split(path.name)
    return [int(part) if part.isdigit() else part for part in parts]
