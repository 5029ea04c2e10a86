"""What is downloaded or put somewhere by hand is what was meant."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from srkit.data.builders import PICTURE_SETS, Archive, PictureSet, Split
from srkit.data.builders.contents import check_archive, digest, pictures_of
from srkit.errors import DataError

DATA = b"PK\x03\x04" + bytes(range(256))


def about(*splits):
    facts = dict.fromkeys(("citation", "license", "homepage"), "none")
    by_hand = "Put them into {folder}."
    return PictureSet(
        name="mine", title="Mine", splits=splits, instructions=by_hand, **facts
    )


@pytest.fixture
def archive():
    sum_ = hashlib.sha256(DATA).hexdigest()
    return Archive(url="http://x/a.zip", size=len(DATA), checksum=f"sha256:{sum_}")


def test_the_right_archive_passes(archive, tmp_path):
    (tmp_path / "a.zip").write_bytes(DATA)
    check_archive(tmp_path / "a.zip", archive)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\n<!DOCTYPE html><html>gone</html>", "a web page"),
        (DATA[:-9], "251 bytes instead of 260"),
        (DATA[:-1] + b"x", "sha256 "),
        (b"", "0 bytes"),
    ],
)
def test_a_wrong_one_is_refused_and_removed(archive, tmp_path, data, message):
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(DataError, match=message):
        check_archive(tmp_path / "a.zip", archive)
    assert not (tmp_path / "a.zip").exists()


def test_pictures_are_found_by_pattern_and_counted(write, photograph):
    split = Split(name="train", pictures=2, pattern="**/images/*")
    root = write("deep/images", {"b.png": photograph(), "a.png": photograph()}).parent
    (root / "images" / "Thumbs.db").write_text("no picture")
    found = pictures_of(root.parent, split, about(split))
    assert [path.name for path in found] == ["a.png", "b.png"]


@pytest.mark.parametrize("root", ["../by_hand/mine", "../.hidden/__mine"])
def test_only_what_is_hidden_inside_the_set_is_left_out(
    write, photograph, tmp_path, monkeypatch, root
):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for folder, name in (("", "a"), ("/__MACOSX", "b"), ("/.trash", "c")):
        write(f"here/{root}{folder}", {f"{name}.png": photograph()})
    split = Split(name="train", pictures=1)
    (found,) = pictures_of(Path(root), split, about(split))
    assert found.name == "a.png"


def test_a_wrong_number_of_pictures(write, photograph):
    split = Split(name="train", pictures=3)
    root = write("mine", {"a.png": photograph()})
    message = rf"3 pictures of the part 'train'.* Received: 1\. Put them into {root}"
    with pytest.raises(DataError, match=message):
        pictures_of(root, split, about(split))


def test_other_pixels_than_the_usual_ones(write, photograph):
    split = Split(name="test", pictures=1, pixels="0" * 64)
    root = write("mine", {"a.png": photograph()})
    with pytest.warns(UserWarning, match="not hold the pixels of the usual mine"):
        pictures_of(root, split, about(split))


def test_the_digest_knows_pixels_not_files(write, photograph, tmp_path):
    pictures = {"a.png": photograph(), "b.png": photograph(seed=1)[..., 0]}
    one = write("one", pictures)
    other = tmp_path / "other"
    other.mkdir()
    Image.fromarray(pictures["a.png"]).save(other / "z.bmp")
    Image.fromarray(np.dstack([pictures["b.png"]] * 3)).save(
        other / "y.webp", lossless=1
    )
    assert digest(one.iterdir()) == digest(other.iterdir())
    assert digest([one / "a.png"]) != digest([one / "b.png"])


@pytest.mark.parametrize("name", ["set5", "set14", "t91"])
def test_the_digests_are_those_of_the_sets(datasets, name):
    (known,) = (one for one in PICTURE_SETS if one.name == name)
    root = datasets / ("test" if known.test else "train") / name
    if not root.is_dir():
        pytest.skip(f"{name} is not there")
    assert pictures_of(root, known.splits[0], known)
