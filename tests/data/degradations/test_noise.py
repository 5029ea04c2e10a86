"""Noise: its mean, its variance, and what it depends on."""

from __future__ import annotations

import numpy as np
import pytest

from srkit.data.degradations import GaussianNoise, NightSensor, PoissonNoise

_ROUNDING = 1 / 12


def flat(level, side=160):
    return np.full((side, side, 3), level, np.uint8)


def linear(image):
    return (image / 255.0) ** 2.2


@pytest.mark.parametrize("sigma", [2.0, 12.0])
def test_gaussian_noise_has_the_variance_asked_for(sigma, rng):
    noise = GaussianNoise(sigma=sigma, gray=0)(flat(128), rng).astype(float) - 128
    assert noise.var() == pytest.approx(sigma**2 + _ROUNDING, rel=0.03)
    assert noise.mean() == pytest.approx(0, abs=5 * sigma / 277)
    assert abs(np.corrcoef(noise[..., 0].ravel(), noise[..., 1].ravel())[0, 1]) < 0.03


@pytest.mark.parametrize("level", [30, 120])
def test_poisson_noise_grows_with_the_light(level, rng):
    noise = PoissonNoise(strength=1.5, gray=0)(flat(level), rng).astype(float) - level
    assert noise.var() == pytest.approx(1.5**2 * level + _ROUNDING, rel=0.04)
    assert noise.mean() == pytest.approx(0, abs=0.2)


@pytest.mark.parametrize("made", [GaussianNoise, PoissonNoise])
def test_gray_noise_is_the_same_in_all_channels(made, rng):
    noise = made(gray=1)(flat(128), rng)
    assert (np.ptp(noise, axis=-1) == 0).all()
    drawn = [made(gray=0.4).draw(rng).gray for _ in range(500)]
    assert set(drawn) == {0.0, 1.0}
    assert np.mean(drawn) == pytest.approx(0.4, abs=0.08)


@pytest.mark.parametrize("photons", [300.0, 5000.0])
def test_a_sensor_counts_photons_and_reads_them_with_noise(photons, rng):
    sensor = NightSensor(photons=photons, read_noise=5.0, pattern=0.0)
    light = linear(150)
    found = linear(sensor(flat(150), rng))
    assert found.mean() == pytest.approx(light, rel=0.01), "the gain makes up"
    wanted = light / photons + (5.0 / photons) ** 2
    assert found.var() == pytest.approx(wanted, rel=0.05)


@pytest.mark.parametrize("level", [0, 10, 30, 60, 150])
@pytest.mark.parametrize(
    ("photons", "read_noise", "pattern"), [(80.0, 4.0, 2.0), (300.0, 2.5, 1.0)]
)
def test_a_night_changes_no_exposure(photons, read_noise, pattern, level, rng):
    sensor = NightSensor(photons=photons, read_noise=read_noise, pattern=pattern)
    shown = np.stack([sensor(flat(level), rng) for _ in range(4)])
    assert shown.mean() == pytest.approx(level, abs=0.6)
    assert shown.std() >= level / 21, "and is noisy none the less"


def test_a_sensor_without_noise_shows_black_as_black(rng):
    sensor = NightSensor(photons=80.0, read_noise=0.0, pattern=0.0)
    assert not sensor(flat(0), rng).any()


def test_the_dark_is_noisier_than_the_light_and_night_than_day(rng):
    def deviation(level, photons):
        sensor = NightSensor(photons=photons, read_noise=2.0, pattern=0.0)
        return sensor(flat(level), rng).std()

    assert deviation(60, 200.0) > 1.4 * deviation(200, 200.0)
    assert deviation(120, 100.0) > 3 * deviation(120, 5000.0)


def test_the_pattern_stays_while_the_noise_changes(rng):
    frames = [flat(128)] * 24
    sensor = NightSensor(photons=900.0, read_noise=1.0, pattern=20.0)
    shown = linear(np.stack(sensor.film(frames, rng)).astype(float))
    still = shown.mean(axis=0)
    assert still.std() == pytest.approx(20 / 900, rel=0.06)
    columns = still.mean(axis=(0, 2))
    assert columns.var() == pytest.approx(still.var() / 2, rel=0.3)
    assert shown.std(axis=0).mean() < still.std()
    assert not np.array_equal(shown[0], shown[1])
