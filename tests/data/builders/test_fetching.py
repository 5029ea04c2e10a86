"""Builders and folders of known sets, of pictures drawn here and put there by hand."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest

from srkit.data.builders import PICTURE_SETS, builder, fetch
from srkit.data.builders import fetching as room
from srkit.data.folders import find_pictures, read_pixels
from srkit.errors import ArgumentError, DataError, MissingExtraError

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*does not hold the pixels of the usual"),
]
SETS = {about.name: about for about in PICTURE_SETS}
FETCHED = {
    "set5": ["test"],
    "set14": ["test"],
    "bsd100": ["test"],
    "urban100": ["test"],
    "t91": ["train"],
    "bsds500": ["train", "test"],
    "synla": ["train"],
    "mirflickr25k": ["train"],
    "road_cctv": ["train"],
}


@pytest.mark.parametrize("name", [one.name for one in PICTURE_SETS])
def test_every_set_can_be_built_by_hand(name, write, draw, tmp_path, monkeypatch):
    splits = tuple(replace(one, pictures=2, pixels=None) for one in SETS[name].splits)
    about = replace(SETS[name], splits=splits)
    monkeypatch.setattr(room, "PICTURE_SETS", (about,))
    drawn = {}
    for split in splits:
        suffix = ".jpg" if split.pattern.endswith(".jpg") else ".png"
        prefix = {"**/im*.jpg": "im", "**/*HR.*": "HR."}.get(split.pattern, "")
        below = split.pattern.replace("**/", "").rpartition("/")[0]
        pictures = {
            (
                f"{split.name}{key[:3]}_HR.png" if prefix == "HR." else prefix + key
            ): value
            for key, value in draw(2, suffix=suffix).items()
        }
        source = write(f"by_hand/{name}/{below}", pictures)
        drawn[split.name] = [(source / title).read_bytes() for title in pictures]
    folder = fetch(name, manual_dir=tmp_path / "by_hand", data_dir=tmp_path / "tfds")
    kind = "test" if about.test else "train"
    assert folder == tmp_path / "datasets" / kind / name
    fetched = sorted(path.read_bytes() for path in find_pictures(folder))
    assert fetched == sorted(one for part in FETCHED[name] for one in drawn[part])


def test_files_are_written_byte_for_byte(write, draw, tmp_path):
    gray = {"003.png": draw(1)["000.png"][..., 0]}
    source = write("by_hand/set5", {**draw(3), **gray, "004.webp": draw(1)["000.png"]})
    calls = []
    folder = fetch(
        "set5",
        tmp_path / "mine",
        manual_dir=source.parent,
        data_dir=tmp_path / "tfds",
        progress=lambda *call: calls.append(call),
    )
    assert calls[-1] == (5, 5)
    for name in ("000.png", "003.png"):
        assert (folder / name).read_bytes() == (source / name).read_bytes()
    assert read_pixels(folder / "003.png").shape == (9, 8, 1)
    pixels = read_pixels(source / "004.webp")
    np.testing.assert_array_equal(read_pixels(folder / "004.png"), pixels)


def test_the_builder_is_one_of_tfds(write, draw, tmp_path):
    import tensorflow_datasets as tfds

    pictures = draw(5)
    write("by_hand/set5", {**pictures, "004.png": pictures["004.png"][..., 0]})
    made = builder("set5", data_dir=tmp_path / "tfds")
    assert isinstance(made, tfds.core.DatasetBuilder)
    assert "Bevilacqua" in made.info.citation
    config = tfds.download.DownloadConfig(manual_dir=tmp_path / "by_hand")
    made.download_and_prepare(download_config=config)
    examples = list(tfds.as_numpy(made.as_dataset(split="test")))
    assert [example["name"] for example in examples] == [b"%03d" % n for n in range(5)]
    np.testing.assert_array_equal(examples[1]["image"], pictures["001.png"])
    assert examples[4]["image"].shape == (9, 8, 1)


def test_leaks_are_left_out_of_training_folders(write, draw, tmp_path, monkeypatch):
    splits = (replace(SETS["bsds500"].splits[0], pictures=2),)
    about = replace(SETS["bsds500"], splits=splits, default=("train",))
    monkeypatch.setattr(room, "PICTURE_SETS", (about,))
    pixels = draw(1)["000.png"]
    write("by_hand/bsds500/images/train", {"302003.png": pixels, "1.png": pixels})
    folder = fetch(
        "bsds500", manual_dir=tmp_path / "by_hand", data_dir=tmp_path / "tfds"
    )
    assert [path.name for path in find_pictures(folder)] == ["1.png"]


def test_a_set_that_only_comes_by_hand(tmp_path):
    with pytest.raises(DataError, match=r"by hand from http.*ScSR\.rar") as caught:
        fetch("t91", data_dir=tmp_path / "tfds")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("given", [True, False])
def test_the_folder_to_fill_by_hand_is_named(given, tmp_path):
    by_hand = tmp_path / "by_hand" if given else None
    with pytest.raises(DataError) as caught:
        fetch("urban100", data_dir=tmp_path / "tfds", manual_dir=by_hand)
    default = tmp_path / "tfds" / "downloads" / "manual"
    assert f"into {by_hand or default}/urban100." in str(caught.value)


def test_wrong_arguments(tmp_path):
    with pytest.raises(DataError, match=r"must be one of set5, .*lfw"):
        fetch("set6")
    with pytest.raises(DataError, match="must be one of set5"):
        builder("div2k")
    with pytest.raises(ArgumentError, match=r"are train, test, val.*'valid'"):
        fetch("bsds500", splits=["valid"])


def test_without_tensorflow_datasets(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with pytest.raises(MissingExtraError, match=r"srkit\[data\]"):
        fetch("set5")
    with pytest.raises(MissingExtraError, match=r"srkit\[data\]"):
        builder(replace(SETS["set5"], name="another"))


def test_a_set_of_tensorflow_datasets(draw, tmp_path, monkeypatch):
    import tensorflow_datasets as tfds

    pictures = draw(3)

    class Fake:
        info = type(
            "Info", (), {"splits": {"train": type("S", (), {"num_examples": 3})}}
        )

        def download_and_prepare(self, download_config):
            pass

        def as_dataset(self, split, decoders):
            assert (split, list(decoders)) == ("train", ["hr"])
            import tensorflow as tf

            data = [tf.io.encode_png(pixels).numpy() for pixels in pictures.values()]
            return tf.data.Dataset.from_tensor_slices({"hr": data, "lr": data})

    monkeypatch.setattr(tfds, "builder", lambda name, data_dir: Fake())
    folder = fetch("div2k", data_dir=tmp_path)
    assert folder.parts[-2:] == ("train", "div2k")
    assert [path.name for path in find_pictures(folder)] == [
        "000000.png",
        "000001.png",
        "000002.png",
    ]
    pixels = read_pixels(folder / "000002.png")
    np.testing.assert_array_equal(pixels, pictures["002.png"])
