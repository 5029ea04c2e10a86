"""The facts about known sets are whole."""

from __future__ import annotations

import hashlib

from srkit.data.builders import FOREIGN_SETS, PICTURE_SETS


def test_the_descriptions_are_whole():
    for one in PICTURE_SETS:
        assert one.citation
        assert one.license
        assert one.splits
        assert one.homepage.startswith("http")
        assert one.archive is not None or "{folder}" in one.instructions
        if one.archive:
            algorithm, _, sum_ = one.archive.checksum.partition(":")
            assert len(sum_) == 2 * hashlib.new(algorithm).digest_size


def test_what_is_fetched_unasked_is_a_part_of_the_set():
    for one in (*PICTURE_SETS, *FOREIGN_SETS):
        assert one.default
        assert set(one.default) <= {split.name for split in one.splits}, one.name
        assert "val" not in one.default


def test_names_are_unique():
    names = [about.name for about in (*PICTURE_SETS, *FOREIGN_SETS)]
    assert len(set(names)) == len(names)
