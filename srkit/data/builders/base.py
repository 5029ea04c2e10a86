"""One TensorFlow Datasets builder for all sets of pictures that srkit describes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srkit.data.builders.catalog import PICTURE_SETS
from srkit.data.builders.contents import check_archive, pictures_of
from srkit.errors import DataError, MissingExtraError
from srkit.image.encode import encode_picture
from srkit.image.files import read_picture

if TYPE_CHECKING:
    from srkit.data.builders.descriptors import PictureSet

# What tf.image.decode_image reads; the others are stored as PNG.
_STORED_AS_THEY_ARE = (".png", ".jpg", ".jpeg", ".bmp")


def builder(about: str | PictureSet, *, data_dir: str | Path | None = None) -> Any:
    """Makes the `tfds.core.DatasetBuilder` of a set of pictures.

    Examples hold `image`, uint8 with the channels of the file, and `name`.

    Args:
        about: Name of one of `PICTURE_SETS`, or a description of a set of yours.
        data_dir: Where TensorFlow Datasets keeps its files.

    Raises:
        DataError: If the name is unknown; while it prepares, if the pictures can
            neither be downloaded nor be found in `manual_dir`.
        MissingExtraError: If TensorFlow Datasets is not installed.
    """
    if isinstance(about, str):
        known = {one.name: one for one in PICTURE_SETS}
        if about not in known:
            raise DataError(
                f"`about` must be one of {', '.join(known)}. Received: {about!r}"
            )
        about = known[about]
    return _builder_class(about)(data_dir=None if data_dir is None else str(data_dir))


def import_tfds() -> Any:
    """Imports TensorFlow Datasets.

    Raises:
        MissingExtraError: If it is not installed.
    """
    try:
        import tensorflow_datasets
    except ImportError as error:
        raise MissingExtraError(
            "Known data sets need TensorFlow Datasets: pip install 'srkit[data]'"
        ) from error
    return tensorflow_datasets


class _Methods:
    """What TensorFlow Datasets asks of a builder, told of one set of pictures."""

    about: PictureSet
    MANUAL_DOWNLOAD_INSTRUCTIONS: str

    def _info(self) -> Any:
        tfds, about = import_tfds(), self.about
        features = {
            "image": tfds.features.Image(shape=(None, None, None)),
            "name": tfds.features.Text(),
        }
        return tfds.core.DatasetInfo(
            builder=self,
            description=f"{about.title}. {self.MANUAL_DOWNLOAD_INSTRUCTIONS}",
            features=tfds.features.FeaturesDict(features),
            homepage=about.homepage,
            citation=about.citation,
            license=about.license,
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager: Any) -> dict[str, Any]:
        about, root = self.about, _find_root(dl_manager, self.about)
        found = {split.name: pictures_of(root, split, about) for split in about.splits}
        return {name: self._generate_examples(files) for name, files in found.items()}

    def _generate_examples(self, files: list[Path]) -> Iterator[Any]:
        stems = Counter(path.stem for path in files)
        for index, path in enumerate(files):
            only = stems[path.stem] == 1
            name = path.stem if only else f"{path.parent.name}_{path.stem}"
            yield index, {"image": _stored(path), "name": name}


@cache
def _builder_class(about: PictureSet) -> Any:
    tfds = import_tfds()
    bases: Any = (_Methods, tfds.core.GeneratorBasedBuilder)
    members = {
        "about": about,
        "name": about.name,
        "pkg_dir_path": Path(__file__).parent,
        "VERSION": tfds.core.Version("1.0.0"),
        "MANUAL_DOWNLOAD_INSTRUCTIONS": about.instructions.format(
            folder=f"manual_dir/{about.name}"
        ),
    }
    # Our names must not hide those of TensorFlow Datasets.
    with tfds.core.registered.skip_registration():
        return type("PictureSetBuilder", bases, members)


def _find_root(dl_manager: Any, about: PictureSet) -> Path:
    """The folder filled by hand if there is one, else the unpacked download."""
    # Its public property refuses to tell of a folder that is absent or empty.
    by_hand = Path(dl_manager._manual_dir) / about.name
    if by_hand.is_dir():
        return by_hand
    instructions = about.instructions.format(folder=by_hand)
    if about.archive is None:
        raise DataError(
            f"{about.title} must be fetched by hand from {about.homepage}. "
            + instructions
        )
    tfds = import_tfds()
    try:
        path = Path(dl_manager.download(about.archive.url))
    except (tfds.download.DownloadError, OSError) as error:
        raise DataError(
            f"The download of {about.archive.url} failed. Received: "
            f"{' '.join(str(error).split())[:200]}. By hand: {instructions}"
        ) from error
    check_archive(path, about.archive)
    return Path(dl_manager.extract(path))


def _stored(path: Path) -> str | bytes:
    """What goes into the record: the file as it is, or its pixels as a PNG."""
    if path.suffix.lower() in _STORED_AS_THEY_ARE:
        return str(path)
    return encode_picture(read_picture(path), ".png")
