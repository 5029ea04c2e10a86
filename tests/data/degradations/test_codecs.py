"""Video codecs: prediction, bit rate, and PyAV that is absent."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from srkit.data.degradations import H264, MJPEG, MPEG4, GaussianNoise
from srkit.data.degradations.planes import to_planes
from srkit.errors import MissingExtraError


def error(found, image):
    return np.mean((found.astype(float) - image) ** 2)


@pytest.mark.parametrize("made", [H264, MPEG4])
def test_a_frame_is_predicted_from_those_before(made, image, rng):
    poor = {"crf": 38} if made is H264 else {"quantiser": 20}
    still = made(frames=1, **poor)(image, rng)
    panned = made(frames=4, pan=1.3, angle=0.0, **poor)(image, rng)
    assert not np.array_equal(still, panned)
    ghost = np.roll(image, -2, axis=1)
    frames = [ghost, ghost, image]
    last = made(**poor).draw(rng).film(frames, rng)[-1]
    assert error(last, image) < error(last, ghost)


def test_a_clip_ends_with_the_picture(image):
    clip = H264(crf=20, frames=3, pan=2.0, angle=0.0).clip(image)
    assert len(clip) == 3
    np.testing.assert_array_equal(clip[2], image)
    np.testing.assert_array_equal(clip[0][:, :-4], image[:, 4:])


@pytest.mark.parametrize("made", [H264, MPEG4, MJPEG])
def test_a_bit_rate_is_kept(made, image, rng):
    drawn = made(frames=3, pan=0.5).draw(rng)
    noise = GaussianNoise(sigma=4.0)
    frames = [noise(frame, rng) for frame in drawn.clip(image)]
    errors = []
    for bits in (0.8, 1.5, 3.0):
        codec = made(frames=3, bits_per_pixel=bits).draw(rng)
        packets = codec._encode_at_rate(to_planes(frames))
        sizes = [8 * packet.size for packet in packets]
        rate = (sizes[0] + 49 * np.mean(sizes[1:])) / 50 / (72 * 90)
        assert rate <= bits
        errors.append(error(codec.film(frames, rng)[-1], frames[-1]))
    assert errors == sorted(errors, reverse=True)
    assert codec.caption.endswith(" 3 bits/pixel")
    assert codec.caption.count(" ") == 2, "the quality that is not used is not told"


def test_a_rate_that_cannot_be_kept_gives_the_worst_quality(image, rng):
    found = MPEG4(frames=2, pan=0.0, bits_per_pixel=0.001)(image, rng)
    worst = MPEG4(frames=2, pan=0.0, quantiser=31)(image, rng)
    np.testing.assert_array_equal(found, worst)


def test_without_pyav_the_extra_is_named(image, rng, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    for attempt in (lambda: H264()(image, rng), H264().require):
        with pytest.raises(MissingExtraError, match=r"pip install 'srkit\[video\]'"):
            attempt()


def test_a_codec_that_this_pyav_lacks(image, rng, monkeypatch):
    monkeypatch.setattr(H264, "encoder", "libx999")
    with pytest.raises(MissingExtraError, match="without the codec libx999"):
        H264()(image, rng)
