"""Real-ESRGAN's degradation as published, and a camera's."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from srkit.data.degradations import CCTV, JPEG, RealESRGAN


def drawn(degradation, count=400, scale=4):
    rng = np.random.default_rng(0)
    return [degradation.draw(rng, scale=scale).steps for _ in range(count)]


def kinds(steps):
    return [step.kind for step in steps]


def test_second_order_means_everything_twice():
    for steps in drawn(RealESRGAN(), 40):
        names = " ".join(kinds(steps))
        assert kinds(steps)[0] in ("gaussian-blur", "plateau-blur", "sinc-blur")
        assert names.count("jpeg") == 2
        assert names.count("noise") == 2
        assert names.count("resize") == 3
        # The last resize and its filter stay together, before JPEG or after it.
        last = kinds(steps)[-3:]
        assert last[-1] == "jpeg" or "jpeg" in last[:2]


def test_the_published_chances():
    chains = drawn(RealESRGAN())
    first = Counter(steps[0].kind for steps in chains)
    total = len(chains)
    assert first["sinc-blur"] / total == pytest.approx(0.1, abs=0.04)
    assert first["plateau-blur"] / total == pytest.approx(0.9 * 0.15, abs=0.05)
    factors = np.array([steps[1].factor for steps in chains])
    assert np.mean(factors > 1) == pytest.approx(0.2, abs=0.05)
    assert np.mean(factors < 1) == pytest.approx(0.7, abs=0.06)
    assert factors.min() >= 0.15
    assert factors.max() <= 1.5
    gray = [s.gray for steps in chains for s in steps if "noise" in s.kind]
    assert np.mean(gray) == pytest.approx(0.4, abs=0.05)
    ends_with_jpeg = np.mean([steps[-1].kind == "jpeg" for steps in chains])
    assert ends_with_jpeg == pytest.approx(0.5, abs=0.06)
    second = np.mean([kinds(steps)[4].endswith("blur") for steps in chains])
    assert second == pytest.approx(0.8, abs=0.05)


def test_the_last_size_is_that_of_lr(photograph, rng):
    hr = photograph(96, 132)
    lr = np.zeros((24, 33, 3), np.uint8)
    for _ in range(4):
        made, same = RealESRGAN().pair(lr, hr, rng, scale=4)
        assert made.shape == lr.shape
        assert np.array_equal(same, hr)
    resizes = [s.factor for s in drawn(RealESRGAN(), 1)[0] if s.kind == "resize"]
    assert resizes[-1] == 0.25
    assert resizes[1] <= 1.2 / 4


def test_a_camera_works_from_lens_to_recorder():
    order = [
        "gaussian-blur", "motion-blur", "night-sensor", "interlacing",
        "on-screen-text", "h264", "mpeg4", "mjpeg",
    ]  # fmt: skip
    chains = drawn(CCTV())
    for steps in chains:
        places = [order.index(kind) for kind in kinds(steps)]
        assert places == sorted(places)
    codecs = Counter(steps[-1].kind for steps in chains)
    assert codecs["h264"] / len(chains) == pytest.approx(0.6, abs=0.06)
    assert set(codecs) == {"h264", "mpeg4", "mjpeg"}
    seen = Counter(kind for steps in chains for kind in kinds(steps))
    assert seen["on-screen-text"] / len(chains) == pytest.approx(0.15, abs=0.05)
    assert seen["interlacing"] / len(chains) == pytest.approx(0.15, abs=0.05)
    photons = np.array([s.photons for c in chains for s in c if s.kind[:5] == "night"])
    assert np.mean(photons <= 800) == pytest.approx(0.35, abs=0.06)


def test_all_motion_of_a_picture_is_one():
    for steps in drawn(CCTV(moving=1.0, interlaced=1.0, shutter=0.5), 50):
        found = {step.kind: step for step in steps}
        comb, codec = found["interlacing"], steps[-1]
        assert comb.shift == pytest.approx(codec.pan / 2)
        assert comb.angle == codec.angle
        if "motion-blur" in found:
            assert found["motion-blur"].length == pytest.approx(codec.pan / 2)
            assert found["motion-blur"].angle == codec.angle
    assert all(steps[-1].pan == 0 for steps in drawn(CCTV(moving=0.0), 20))


def test_text_is_written_into_hr_too(photograph, rng):
    lr, hr = photograph(32, 48), photograph(64, 96)
    _, marked = CCTV(text=1.0).pair(lr, hr, rng, scale=2)
    changed = (marked != hr).any(axis=-1)
    assert 0.005 < changed.mean() < 0.6
    _, plain = CCTV(text=0.0).pair(lr, hr, rng, scale=2)
    np.testing.assert_array_equal(plain, hr)


def test_settings_reach_the_steps():
    assert all(s[-1].crf == 30 for s in drawn(CCTV(crf=30), 30) if s[-1].kind == "h264")
    jpegs = [s for c in drawn(RealESRGAN(quality=(40, 50)), 30) for s in c]
    assert all(40 <= s.quality <= 50 for s in jpegs if isinstance(s, JPEG))
