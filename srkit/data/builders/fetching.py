"""A known data set as a folder of pictures, where the rest of srkit finds it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from srkit.data.builders.base import builder, import_tfds
from srkit.data.builders.catalog import FOREIGN_SETS, PICTURE_SETS
from srkit.data.builders.descriptors import ForeignSet, PictureSet
from srkit.data.folders import data_root
from srkit.errors import ArgumentError, DataError, SrkitError
from srkit.image.files import write_whole

_SUFFIXES = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"BM": ".bmp"}


def fetch(
    name: str,
    folder: str | Path | None = None,
    *,
    splits: Sequence[str] | None = None,
    manual_dir: str | Path | None = None,
    data_dir: str | Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Fetches a data set and writes its HR pictures into a folder, byte for byte.

    Training takes it from there: ``pairs("div2k", ...)``. Of a training set, pictures
    that show those of a test set are left out.

    Args:
        name: One of `PICTURE_SETS` or `FOREIGN_SETS` (DIV2K, CelebA, LFW).
        folder: Where to write. By default ``train/<name>`` or ``test/<name>`` below
            `SRKIT_DATASETS` or ./datasets.
        splits: Parts of the set. By default those of its description: the one for
            training (of BSDS500 train and test, since val is BSD100), or the only one.
        manual_dir: A folder that holds what was fetched by hand, in a subfolder of
            the name of the set.
        data_dir: Where TensorFlow Datasets keeps its files.
        progress: Called with the number of pictures written and of all.

    Returns:
        The folder.

    Raises:
        ArgumentError: If the set has no such part.
        DataError: If the name is unknown, or the pictures cannot be had.
        MissingExtraError: If TensorFlow Datasets is not installed.
        OutputError: If the folder cannot be written.
    """
    about = known_set(name)
    chosen = _chosen(about, splits)
    source = _prepared(about, manual_dir=manual_dir, data_dir=data_dir)
    test = isinstance(about, PictureSet) and about.test
    target = Path(folder or data_root() / ("test" if test else "train") / about.name)
    total = sum(source.info.splits[split].num_examples for split in chosen)
    for done, (title, data) in enumerate(_pictures(source, about, chosen), start=1):
        if title is not None:
            write_picture(target, title, data)
        if progress is not None:
            progress(done, total)
    return target


def known_set(name: str) -> PictureSet | ForeignSet:
    """Finds the description of a set by its name.

    Raises:
        DataError: If there is none.
    """
    known = {about.name: about for about in (*PICTURE_SETS, *FOREIGN_SETS)}
    if name.lower() not in known:
        raise DataError(f"`name` must be one of {', '.join(known)}. Received: {name!r}")
    return known[name.lower()]


def write_picture(folder: Path, title: str, data: bytes) -> None:
    """Writes the bytes of a picture under the suffix that they call for."""
    for start, suffix in _SUFFIXES.items():
        if data.startswith(start):
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / (title + suffix), data)
            return
    raise DataError(
        f"A PNG, JPEG or BMP was expected. Received: {data[:8]!r} as {title}"
    )


def _prepared(
    about: PictureSet | ForeignSet,
    *,
    manual_dir: str | Path | None,
    data_dir: str | Path | None,
) -> Any:
    """Has TensorFlow Datasets download a set; what stops it is told in one line."""
    tfds = import_tfds()
    config = tfds.download.DownloadConfig(manual_dir=manual_dir and str(manual_dir))
    try:
        if isinstance(about, PictureSet):
            source = builder(about, data_dir=data_dir)
        else:
            source = tfds.builder(about.builder, data_dir=data_dir and str(data_dir))
        source.download_and_prepare(download_config=config)
    except SrkitError:
        raise
    except _failures() as error:
        raise DataError(
            f"{about.title} could not be prepared. Received: {type(error).__name__}: "
            f"{' '.join(str(error).split())[:200]}. Try again, or put its pictures "
            "into a folder by hand"
        ) from error
    return source


def _failures() -> tuple[type[Exception], ...]:
    """What downloading, unpacking and writing records may end in."""
    import tensorflow as tf

    download = import_tfds().core.download
    return (
        download.DownloadError,
        download.download_manager.NonMatchingChecksumError,
        download.extractor.ExtractError,
        tf.errors.OpError,
        OSError,
    )


def _chosen(about: PictureSet | ForeignSet, splits: Sequence[str] | None) -> list[str]:
    names = [split.name for split in about.splits]
    for split in splits or ():
        if split not in names:
            raise ArgumentError(
                f"`splits` of {about.name} are {', '.join(names)}. Received: {split!r}"
            )
    return list(about.default if splits is None else splits)


def _pictures(source: Any, about: PictureSet | ForeignSet, splits: list[str]) -> Any:
    """Yields (title, bytes) of each picture; no title for one to be left out."""
    tfds = import_tfds()
    feature = about.feature if isinstance(about, ForeignSet) else "image"
    left_out = about.leaks if isinstance(about, PictureSet) else ()
    titles: set[str] = set()
    for split in splits:
        undecoded = {feature: tfds.decode.SkipDecoding()}
        examples = source.as_dataset(split=split, decoders=undecoded)
        for index, example in enumerate(tfds.as_numpy(examples)):
            title = example["name"].decode() if "name" in example else f"{index:06d}"
            title = f"{split}_{title}" if title in titles else title
            titles.add(title)
            yield None if title in left_out else title, example[feature]
