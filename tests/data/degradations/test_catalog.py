"""Degradations by name, from a file, from settings."""

from __future__ import annotations

import json

import pytest

from srkit.data import degradations
from srkit.data.degradations import (
    CCTV,
    DEGRADATIONS,
    JPEG,
    Chain,
    Degradation,
    OneOf,
    find_degradation,
    from_dict,
)
from srkit.errors import ArgumentError


def test_every_degradation_has_its_name():
    kinds = {
        thing.kind
        for thing in vars(degradations).values()
        if isinstance(thing, type) and hasattr(thing, "kind")
    }
    assert kinds - set(DEGRADATIONS) == {"chain", "one-of", "sometimes"}
    assert all(isinstance(find_degradation(name), Degradation) for name in DEGRADATIONS)


def test_by_name_by_file_or_as_it_is(tmp_path):
    assert find_degradation("CCTV") == CCTV()
    own = Chain(steps=(JPEG(quality=(10, 20)), OneOf(choices=(CCTV(text=0.0),))))
    file = tmp_path / "own.json"
    file.write_text(json.dumps(own.to_dict()))
    assert find_degradation(file) == find_degradation(str(file)) == own
    assert find_degradation(own) is own


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ctcv", r"Did you mean 'cctv'\? Received: 'ctcv'"),
        ("snow", "It is one of cctv, realesrgan, .* Received: 'snow'"),
        ("none.json", r"cannot be read from none\.json"),
    ],
)
def test_a_name_that_is_not_known(name, message):
    with pytest.raises(ArgumentError, match=message):
        find_degradation(name)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kind": "jpg"}, "Did you mean 'jpeg'"),
        ({}, "`kind` of a degradation is unknown"),
        ([1], r"Received: \[1\]"),
        ({"kind": "jpeg", "qualty": 3}, "no setting 'qualty'. Did you mean 'quality'"),
        ({"kind": "jpeg", "quality": [0, 3]}, r"from 1 to 100.*Received: \(0, 3\)"),
        ({"kind": "sometimes"}, "sometimes cannot be made: .*'step'"),
        ({"kind": "chain", "steps": [{"kind": "x"}]}, "Received: 'x'"),
        ({"kind": "chain", "steps": 3}, "as a tuple. Received: 3"),
    ],
)
def test_settings_that_make_no_degradation(settings, message):
    with pytest.raises(ArgumentError, match=message):
        from_dict(settings)


def test_a_file_that_holds_none(tmp_path):
    file = tmp_path / "own.json"
    for text in ("{", "[]", '{"kind": "jpeg", "quality": 0}'):
        file.write_text(text)
        with pytest.raises(ArgumentError):
            find_degradation(file)
