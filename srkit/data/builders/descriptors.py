"""What is known of a data set: the words for it. `catalog` holds the facts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Archive:
    """A file to download."""

    url: str
    size: int
    """In bytes."""
    checksum: str
    """Algorithm and hexadecimal digest: "md5:..." or "sha256:..."."""


@dataclass(frozen=True, kw_only=True)
class Split:
    """A part of a data set."""

    name: str
    pictures: int | None
    """How many there are; None where no number is certain."""
    pattern: str = "**/*"
    """Where they lie below the unpacked archive or the folder filled by hand."""
    pixels: str | None = None
    """What `srkit.data.builders.contents.digest` makes of all pixels, if known."""


@dataclass(frozen=True, kw_only=True)
class PictureSet:
    """A data set of pictures."""

    name: str
    title: str
    citation: str
    license: str
    homepage: str
    splits: tuple[Split, ...]
    instructions: str
    """How to fetch it by hand; "{folder}" stands for where to put it."""
    default: tuple[str, ...] = ("train",)
    """The parts that are fetched unless others are named."""
    archive: Archive | None = None
    """Where it can be had by a program; None if nowhere that can be relied upon."""
    leaks: tuple[str, ...] = ()
    """Names of pictures that show those of a test set: not for training."""
    test: bool = False
    """Whether it is for measuring, never for training."""


@dataclass(frozen=True, kw_only=True)
class ForeignSet:
    """A data set that TensorFlow Datasets brings along."""

    name: str
    title: str
    builder: str
    """Its name there, with the configuration."""
    feature: str
    """Which feature is the HR picture."""
    license: str
    splits: tuple[Split, ...]
    default: tuple[str, ...] = ("train",)
    """The parts that are fetched unless others are named."""
