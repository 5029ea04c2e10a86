"""Which of an encoder's pixel formats holds what a film holds, and loses nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from srkit.errors import ArgumentError
from srkit.inference.video.library import pyav

_WHOLE_CHROMA = ("libx264", "libx265", "libsvtav1", "mpeg4", "mpeg2video")
"""Encoders that take subsampled chroma of even sizes only."""
_ADVISED = {"libx265": ".mp4", "prores_ks": ".mov", "ffv1": ".mkv"}
"""Encoders that hold much, and what their films go into."""
_PLANES = re.compile(r"yuvj?4\d\dp(\d+le)?")
_SEMIPLANAR = ("nv", "p0", "p2", "p4")


@dataclass(frozen=True)
class Format:
    """What a pixel format can hold."""

    name: str
    bits: int
    across: int
    """Luma samples beside each other that share one of chroma."""
    down: int
    rgb: bool
    alpha: bool
    gray: bool

    @classmethod
    def of(cls, name: str) -> Format:
        """Looks a format up by FFmpeg's name."""
        form = pyav().VideoFormat(name, 4, 4)
        parts = form.components
        coloured = [part for part in parts if not part.is_alpha]
        rgb = form.is_rgb or form.has_palette or form.is_bayer
        return cls(
            name=name,
            bits=max(part.bits for part in parts),
            across=1 if rgb or len(coloured) < 3 else 4 // form.chroma_width(),
            down=1 if rgb or len(coloured) < 3 else 4 // form.chroma_height(),
            rgb=rgb,
            alpha=form.has_palette or len(coloured) < len(parts),
            gray=not rgb and len(coloured) == 1,
        )

    @property
    def is_planes(self) -> bool:
        """Whether it is three planes of luma and chroma, of 8 bits or more."""
        return _PLANES.fullmatch(self.name) is not None

    @property
    def left(self) -> bool:
        """Whether chroma lies on the left of its luma: where MPEG had it, not JPEG."""
        return not self.name.startswith("yuvj")

    def fits(self, height: int, width: int) -> bool:
        """Whether pictures of that size have whole samples of chroma."""
        return width % self.across == 0 and height % self.down == 0


def plain(name: str) -> str:
    """A format's name without the range, which FFmpeg puts into some."""
    return name.replace("yuvj", "yuv")


def choose(source: str, encoder: str, size: tuple[int, int]) -> str:
    """The encoder's format that is most like the source's and holds all of it.

    Args:
        source: FFmpeg's name of the format decoded.
        encoder: FFmpeg's name of the encoder.
        size: Height and width to encode.

    Raises:
        ArgumentError: If the encoder has fewer bits, no transparency or less chroma.
    """
    wanted = Format.of(plain(source))
    offered = [
        Format.of(name)
        for name in _names(encoder)
        if not name.startswith(("yuvj", *_SEMIPLANAR))
    ]
    if encoder in _WHOLE_CHROMA:
        offered = [form for form in offered if form.fits(*size)]
    holding = [form for form in offered if _holds(form, wanted)]
    if not holding:
        able = [
            f"'{name}' into {suffix}"
            for name, suffix in _ADVISED.items()
            if any(_holds(Format.of(form), wanted) for form in _names(name))
        ]
        raise ArgumentError(
            f"`codec` must hold {_told(wanted)} at {size[1]}x{size[0]}. "
            f"Received: {encoder}, which cannot. Use {' or '.join(able)}."
        )
    return min(holding, key=lambda form: _excess(form, wanted)).name


def _names(encoder: str) -> list[str]:
    formats: Any = pyav().Codec(encoder, "w").video_formats
    # An encoder without a list takes what it is given: raw video, for instance.
    return [form.name for form in formats or []]


def _holds(form: Format, wanted: Format) -> bool:
    coloured = wanted.gray or not form.gray
    sampled = form.across <= wanted.across and form.down <= wanted.down
    kind = wanted.gray or wanted.rgb or not form.rgb
    return (
        form.bits >= wanted.bits
        and (form.alpha or not wanted.alpha)
        and coloured
        and (sampled or wanted.gray)
        and kind
    )


def _excess(form: Format, wanted: Format) -> tuple[Any, ...]:
    """How much more a format holds than is wanted; the least first."""
    return (
        form.name != wanted.name,
        form.rgb != wanted.rgb,
        form.gray != wanted.gray,
        form.alpha != wanted.alpha,
        form.bits - wanted.bits,
        wanted.across - form.across + wanted.down - form.down,
        form.name,
    )


def _told(form: Format) -> str:
    chroma = {(2, 2): "4:2:0", (2, 1): "4:2:2", (1, 1): "4:4:4"}
    kind = "RGB" if form.rgb else "gray" if form.gray else "YUV"
    if not (form.rgb or form.gray):
        kind += f" {chroma.get((form.across, form.down), form.name)}"
    return f"{kind} of {form.bits} bits" + (" with transparency" if form.alpha else "")
