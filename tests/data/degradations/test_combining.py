"""Chains, choices and chances."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data.degradations import (
    H264,
    JPEG,
    Chain,
    GaussianBlur,
    GaussianNoise,
    Interlacing,
    MotionBlur,
    OneOf,
    OnScreenText,
    RealESRGAN,
    Resize,
    Sometimes,
    Warp,
)
from srkit.errors import ArgumentError
from srkit.image.resampling import downscale


def test_a_chain_is_its_steps_in_turn(photograph, rng):
    image = photograph(30, 40)
    blur, comb = GaussianBlur(sigma=1.0), Interlacing(shift=2.0, angle=0.0)
    chained = Chain(steps=(blur, comb))(image, rng)
    np.testing.assert_array_equal(chained, comb(blur(image, rng), rng))
    np.testing.assert_array_equal(Chain()(image, rng), image)


def test_the_codec_sees_frames_with_noise_of_their_own(photograph, rng, monkeypatch):
    seen = []
    monkeypatch.setattr(
        H264, "film", lambda self, frames, rng: seen.extend(frames) or frames
    )
    noise = GaussianNoise(sigma=8.0, gray=0)
    codec = H264(crf=30, frames=3, pan=0.0)
    image = photograph(32, 32, contrast=5)
    Chain(steps=(noise, codec))(image, rng)
    assert len(seen) == 3
    noises = [frame.astype(float).ravel() - image.ravel() for frame in seen]
    assert np.abs(np.corrcoef(noises) - np.eye(3)).max() < 0.1


def test_one_of_several_by_weight(rng):
    choices = (JPEG(), GaussianBlur(), GaussianNoise())
    some = OneOf(choices=choices, weights=(3, 0, 1))
    drawn = [some.draw(rng).kind for _ in range(400)]
    assert drawn.count("jpeg") == pytest.approx(300, abs=35)
    assert "gaussian-blur" not in drawn
    even = [OneOf(choices=choices).draw(rng).kind for _ in range(300)]
    assert even.count("gaussian-blur") == pytest.approx(100, abs=30)


def test_now_and_then(photograph, rng):
    step = Sometimes(step=JPEG(), chance=0.25)
    drawn = [step.draw(rng).caption for _ in range(400)]
    assert drawn.count("nothing") == pytest.approx(300, abs=35)
    image = photograph(16, 16)
    never = Sometimes(step=JPEG(), chance=0.0)
    np.testing.assert_array_equal(never(image, rng), image)


def test_chains_within_chains_become_one(rng):
    inner = Chain(steps=(JPEG(quality=50), Sometimes(step=JPEG(), chance=0.0)))
    outer = Chain(steps=(inner, MotionBlur())).draw(rng)
    assert [step.kind for step in outer.steps] == ["jpeg", "motion-blur"]


def test_what_starts_from_hr_says_so(photograph, rng):
    chain = Chain(steps=(RealESRGAN(), H264()))
    assert chain.from_hr
    assert chain.draw(rng, scale=2).start == "hr"
    assert not Chain(steps=(JPEG(),)).from_hr
    hr = photograph(64, 80)
    lr = np.zeros((32, 40, 3), np.uint8)
    made, _ = chain.pair(lr, hr, rng, scale=2)
    assert made.shape == lr.shape
    assert made.mean() == pytest.approx(hr.mean(), abs=15)


def test_a_warp_moves_lr_and_hr_together_before_the_other_steps(photograph, rng):
    hr = photograph(64, 80)
    clean = downscale(hr, 4)
    for chain in (Chain(steps=(Warp(),)), Chain(steps=(OneOf(choices=(Warp(),)),))):
        lr, warped = chain.pair(clean, hr, rng, scale=4)
        assert (warped != hr).any()
        np.testing.assert_array_equal(lr, downscale(warped, 4))
    chain = Chain(steps=(Warp(), JPEG(quality=90)))
    lr, warped = chain.pair(clean, hr, rng, scale=4)
    np.testing.assert_array_equal(lr, JPEG(quality=90)(downscale(warped, 4), rng))


def test_what_starts_from_hr_is_drawn_with_the_choice(rng):
    some = Chain(steps=(Sometimes(step=Chain(start="hr"), chance=0.5),))
    assert {some.draw(rng).start for _ in range(40)} == {"lr", "hr"}


@pytest.mark.parametrize(
    ("start", "factor", "most"),
    [("hr", 0.5, 2), ("hr", 0.25, 0.1), ("lr", 0.5, 8), ("lr", 2.0, 2)],
)
def test_text_has_its_size_in_lr_pixels_wherever_it_stands(start, factor, most, rng):
    lr, hr = np.full((48, 96, 3), 90, np.uint8), np.full((192, 384, 3), 90, np.uint8)
    text = OnScreenText(text="CAM 07", height=16.0, left=0.3, top=0.5)
    resize = Resize(factor=factor, method="area")
    steps = (text, resize) if start == "hr" else (resize, text)
    made, marked = Chain(steps=steps, start=start).pair(lr, hr, rng, scale=4)
    shrunk = marked.reshape(48, 4, 96, 4, 3).mean(axis=(1, 3))
    assert np.abs(made - shrunk).mean() < most, "of half the pixels it is blurred"


def test_lr_keeps_its_size_whatever_the_steps_leave(photograph, rng):
    lr, hr = photograph(20, 24), photograph(40, 48)
    made, _ = Chain(steps=(Resize(factor=0.4),)).pair(lr, hr, rng, scale=2)
    assert made.shape == lr.shape


def test_what_parts_ask_for_the_whole_asks_for():
    assert Sometimes(step=OneOf(choices=(JPEG(), H264()))).least == 16
    assert Chain(steps=(JPEG(),)).least == 2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Chain(steps=("jpeg",)), "must be a degradation, .* 'jpeg'"),
        (lambda: Chain(steps=(JPEG(), Warp())), "first of .* jpeg, warp"),
        (lambda: Chain(steps=(JPEG(), Sometimes(step=Warp()))), "first of"),
        (lambda: Sometimes(step=None), "Received: None"),
        (lambda: OneOf(choices=()), "0 choices"),
        (lambda: OneOf(choices=(JPEG(),), weights=(1, 2)), "for 1 choices"),
        (lambda: OneOf(choices=(JPEG(),), weights=(-1,)), "numbers from 0"),
        (lambda: OneOf(choices=(JPEG(),), weights=(0,)), "above 0"),
        (lambda: Chain(start="sr"), "`start` must be one of lr, hr"),
    ],
)
def test_what_cannot_be_put_together(make, message):
    with pytest.raises(ArgumentError, match=message):
        make()
