"""What holds for every degradation, whatever it does."""

from __future__ import annotations

import json

import numpy as np
import pytest

from srkit.data.degradations import (
    DEGRADATIONS,
    H264,
    JPEG,
    find_degradation,
    from_dict,
)
from srkit.errors import ArgumentError, ImageError


@pytest.fixture(params=DEGRADATIONS)
def degradation(request):
    return find_degradation(request.param)


def test_the_same_generator_gives_the_same_picture(degradation, photograph):
    image = photograph(40, 52, contrast=8)  # so calm that denoising finds likes
    before = image.copy()
    first, same, other = (
        degradation(image, np.random.default_rng(seed)) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)
    assert (first.shape, first.dtype) == (image.shape, np.uint8)
    np.testing.assert_array_equal(image, before)
    assert 0 < np.mean(np.abs(first - image.astype(float))) < 60


def test_settings_survive_json(degradation):
    stored = json.loads(json.dumps(degradation.to_dict()))
    assert from_dict(stored) == degradation
    assert stored["kind"] == degradation.kind == degradation.word


def test_what_was_drawn_stays_as_it_is(degradation, photograph):
    rng = np.random.default_rng(5)
    drawn = degradation.draw(rng, scale=2)
    state = rng.bit_generator.state
    assert drawn.draw(rng, scale=2) == drawn
    assert rng.bit_generator.state == state, "nothing is left to draw"
    assert from_dict(json.loads(json.dumps(drawn.to_dict()))) == drawn
    assert drawn.caption
    assert "(" not in drawn.caption
    lr, hr = photograph(20, 24), photograph(40, 48)
    made = drawn.pair(lr, hr, np.random.default_rng(1), scale=2)
    assert [image.shape for image in made] == [lr.shape, hr.shape]


def test_only_text_and_warping_change_hr(degradation, photograph):
    lr, hr = photograph(20, 24), photograph(40, 48)
    _, marked = degradation.pair(lr, hr, np.random.default_rng(0), scale=2)
    if degradation.kind not in ("on-screen-text", "cctv", "warp"):
        np.testing.assert_array_equal(marked, hr)


@pytest.mark.parametrize(
    ("shape", "dtype"), [((9, 9), "uint8"), ((9, 9, 4), "uint8"), ((9, 9, 3), "float")]
)
def test_no_picture_of_bytes(shape, dtype):
    with pytest.raises(ImageError, match=r"uint8 RGB of shape \(H, W, 3\)\. Received"):
        JPEG()(np.zeros(shape, dtype), np.random.default_rng(0))


def test_a_picture_that_is_too_small():
    with pytest.raises(ImageError, match=r"h264 needs .* at least 16x16.*: 40x15"):
        H264()(np.zeros((15, 40, 3), np.uint8), np.random.default_rng(0))


def test_no_generator():
    with pytest.raises(
        ArgumentError, match=r"`rng` must be a numpy\.random\.Generator"
    ):
        JPEG()(np.zeros((9, 9, 3), np.uint8), 3)


def test_a_word_tells_changed_settings_apart():
    words = {JPEG().word, JPEG(quality=50).word, JPEG(quality=60).word}
    assert len(words) == 3
    assert JPEG(quality=50).word == JPEG(quality=50).word
