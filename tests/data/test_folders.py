"""Finding, pairing and reading pictures."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data.folders import (
    find_folder,
    find_pairs,
    find_pictures,
    read_pixels,
    read_rgb,
    to_opaque_bytes,
)
from srkit.errors import DataError

GRAY = np.arange(30, dtype=np.uint8).reshape(5, 6)


def names(pairs):
    return [(pair.hr.name, pair.lr.name) for pair in pairs]


def test_a_name_is_looked_up_below_the_root(monkeypatch, write):
    folder = write("root/train/mine", {"a.png": GRAY})
    monkeypatch.setenv("SRKIT_DATASETS", str(folder.parent.parent))
    assert find_folder("mine") == find_folder("Mine") == folder
    assert find_folder("train/mine") == folder
    assert find_folder(folder) == folder


def test_the_root_is_datasets_by_default(monkeypatch, write, tmp_path):
    write("datasets/test/tiny", {"a.png": GRAY})
    monkeypatch.delenv("SRKIT_DATASETS", raising=False)
    monkeypatch.chdir(tmp_path)
    assert find_folder("tiny").is_dir()


def test_no_such_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("SRKIT_DATASETS", str(tmp_path))
    with pytest.raises(DataError, match=r"SRKIT_DATASETS.*Received: nowhere"):
        find_folder("nowhere")


def test_a_file_is_no_folder(write):
    with pytest.raises(DataError, match=r"Received the file: .*a\.png"):
        find_folder(write("hr", {"a.png": GRAY}) / "a.png")


def test_a_folder_without_pictures(tmp_path):
    (tmp_path / "notes.txt").write_text("none here")
    with pytest.raises(DataError, match=f"No pictures in the folder {tmp_path}"):
        find_pictures(tmp_path)


def test_pictures_that_lie_deeper(write, tmp_path):
    write("deep/er", {"a.png": GRAY})
    with pytest.raises(DataError, match="recursive=True"):
        find_pictures(tmp_path / "deep")
    assert len(find_pictures(tmp_path / "deep", recursive=True)) == 1


def test_several_folders_in_a_row(write):
    one = write("one", {"b.png": GRAY})
    two = write("two", {"a.png": GRAY})
    assert [pair.hr.name for pair in find_pairs([one, two])] == ["b.png", "a.png"]
    with pytest.raises(DataError, match="Received: none"):
        find_pairs([])


def test_pairs_are_formed_by_sorted_name(write):
    hr = write("hr", {"1.png": GRAY, "2.png": GRAY})
    assert names(find_pairs(hr, lr=write("lr", {"2x4.png": GRAY, "1x4.png": GRAY})))[
        1
    ] == ("2.png", "2x4.png")
    other = write("other", {"frame_b.png": GRAY, "frame_a.png": GRAY})
    assert names(find_pairs(hr, lr=other))[0] == ("1.png", "frame_a.png")


def test_unequal_numbers_name_the_first_without_a_partner(write):
    hr = write("hr", {f"{n}.png": GRAY for n in range(4)})
    lr = write("lr", {f"{n}.png": GRAY for n in (0, 2, 3)})
    with pytest.raises(DataError, match=r"3 in .*lr and 4 in .*hr; .* is 1\.png"):
        find_pairs(hr, lr=lr)
    with pytest.raises(DataError, match=r"is 1\.png"):
        find_pairs(lr, lr=hr)


def test_a_hole_in_each_folder_is_not_shifted_over(write):
    hr = write("hr", {"a.png": GRAY, "b.png": GRAY})
    lr = write("lr", {"b.png": GRAY, "c.png": GRAY})
    with pytest.raises(DataError, match=r"b\.png beside a\.png|c\.png beside b\.png"):
        find_pairs(hr, lr=lr)


def test_as_many_lr_folders_as_hr_folders(write):
    hr, lr = write("hr", {"a.png": GRAY}), write("lr", {"a.png": GRAY})
    with pytest.raises(DataError, match="1 for 2"):
        find_pairs([hr, hr], lr=lr)


def test_gray_stays_one_channel_or_becomes_rgb(write):
    path = write("hr", {"a.png": GRAY}) / "a.png"
    np.testing.assert_array_equal(read_pixels(path), GRAY[..., None])
    np.testing.assert_array_equal(read_rgb(path), np.dstack([GRAY] * 3))


def test_what_shows_through_is_laid_on_white():
    pixels = np.full((1, 3, 4), 100, np.uint8)
    pixels[0, :, 3] = 0, 128, 255
    assert to_opaque_bytes(pixels)[0, :, 0].tolist() == [255, 177, 100]
    assert to_opaque_bytes(pixels[:, 2:]).shape == (1, 1, 3)


def test_sixteen_bits_are_rounded():
    deep = np.array([0, 128, 129, 65535], np.uint16).reshape(1, 4, 1)
    assert to_opaque_bytes(deep).ravel().tolist() == [0, 0, 1, 255]


def test_an_unreadable_file_is_named_with_the_cure(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"<html>not found</html>")
    with pytest.raises(DataError, match=rf"bad\.png.*srkit data check {tmp_path}"):
        read_pixels(tmp_path / "bad.png")
