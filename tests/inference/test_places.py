"""Where results go."""

from __future__ import annotations

import pytest

from srkit.errors import ArgumentError, OutputError
from srkit.inference.places import check_apart, make_folder


def test_a_result_does_not_take_the_place_of_its_source(tmp_path):
    source, link = tmp_path / "in", tmp_path / "link"
    source.touch()
    link.symlink_to(source)
    check_apart(source, tmp_path / "out")
    for target in (source, link):
        with pytest.raises(ArgumentError, match="must not be the input"):
            check_apart(source, target)


def test_a_folder_is_made_or_cannot_be(tmp_path):
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="Cannot write into"):
        make_folder(tmp_path / "file" / "b")
