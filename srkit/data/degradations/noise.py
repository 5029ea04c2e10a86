"""Noise: of textbooks (Gaussian, Poisson, gray) and of a sensor at night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.data.degradations.base import Degradation
from srkit.data.degradations.settings import Range, chance, number, setting
from srkit.types import ByteImage, FloatImage

if TYPE_CHECKING:
    from numpy.typing import NDArray

_GAMMA = 2.2
# Of BT.601, as `srkit.image.color` has it.
_LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, kw_only=True)
class _Noise(Degradation):
    """Base of the noise that may be the same in all three channels."""

    gray: float = chance(0.4)

    def draw(self, rng: np.random.Generator, *, scale: int = 1) -> Degradation:
        """Draws the strength, and whether the noise is gray."""
        drawn: Any = super().draw(rng, scale=scale)
        if drawn.gray in (0, 1):
            return drawn
        return replace(drawn, gray=float(rng.random() < drawn.gray))


@dataclass(frozen=True, kw_only=True)
class GaussianNoise(_Noise):
    """Normal noise, the same everywhere.

    Args:
        sigma: Standard deviation in levels of 255.
        gray: Chance that all three channels get the same noise.
    """

    kind = "gaussian-noise"

    sigma: Range = setting((1.0, 30.0), low=0, high=255, show="noise {:.0f}")

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Adds noise."""
        noise = rng.standard_normal(_noise_shape(image, self.gray), dtype=np.float32)
        return _to_bytes(image + np.float32(number(self.sigma)) * noise)


@dataclass(frozen=True, kw_only=True)
class PoissonNoise(_Noise):
    """Shot noise as if each level were one photon: bright pixels have more of it.

    The variance of a pixel of level `v` is ``strength**2 * v`` levels squared.

    Args:
        strength: Factor on the noise.
        gray: Chance that all three channels get the same noise, that of the luma.

    Source:
        Wang et al., Real-ESRGAN, ICCVW 2021, section 3.2. There a picture of few
        levels counts fewer photons; here there are always 255.
    """

    kind = "poisson-noise"

    strength: Range = setting((0.05, 3.0), low=0, high=20, show="shot noise {:.1f}")

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Adds noise."""
        photons: Any = (image @ _LUMA)[..., None] if self.gray == 1 else image
        noise = rng.poisson(photons) - photons
        return _to_bytes(image + number(self.strength) * noise)


@dataclass(frozen=True, kw_only=True)
class NightSensor(Degradation):
    """A sensor short of light, made as bright as by day by its gain.

    Few photons arrive: their shot noise, the noise of reading them out and the fixed
    pattern of the sensor are amplified with them. Noise arises in linear light, so
    shadows have most of it once the picture is encoded.

    The mean of every level stays, since SR is to recover detail and not another
    exposure; only what noise pushes above white is lost. A bare sensor keeps it by
    day alone: where noise goes below black it is clipped, and with 80 photons and 4
    electrons of read noise the rest shows black as level 29. So each level has the
    gain that brings its mean back, and noise fades from the shadows to black.

    Args:
        photons: That a white pixel collects: 5000 by day, 50 in the dark.
        read_noise: Standard deviation of reading one pixel, in electrons.
        pattern: Standard deviation of the offsets of columns and of single pixels,
            in electrons. In a clip it stays where it is while the noise changes.

    Source:
        Konnik and Welsh, High-level numerical simulations of noise in CCD and CMOS
        photosensors, 2014: the terms that a night scene shows. Encoding: gamma 2.2.
        Changed: the gain in the dark, as above, and photons are normal, since what is
        read out with noise shows no single ones.
    """

    kind = "night-sensor"

    photons: Range = setting((60.0, 600.0), low=1, high=1e6, show="{:.0f} photons")
    read_noise: Range = setting((1.0, 4.0), low=0, high=1000)
    pattern: Range = setting((0.0, 2.0), low=0, high=1000)

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Exposes one frame."""
        return self.film([image], rng)[0]

    def film(
        self, frames: Sequence[ByteImage], rng: np.random.Generator
    ) -> list[ByteImage]:
        """Exposes frames through one sensor."""
        height, width, _ = frames[0].shape
        columns = rng.standard_normal((1, width, 1), dtype=np.float32)
        single = rng.standard_normal((height, width, 3), dtype=np.float32)
        pattern = np.float32(number(self.pattern) / 2**0.5) * (columns + single)
        light = _LINEAR * np.float32(number(self.photons))
        spread = np.sqrt(light + np.float32(number(self.read_noise) ** 2))
        gain = _gain(light, np.hypot(spread, np.float32(number(self.pattern))))
        exposed = []
        for frame in frames:
            noise = rng.standard_normal(frame.shape, dtype=np.float32)
            electrons = light[frame] + spread[frame] * noise + pattern
            exposed.append(_to_bytes(gain[frame] * _encoded(electrons)))
        return exposed


_LINEAR = ((np.arange(256) / 255) ** _GAMMA).astype(np.float32)
"""Linear light of each level."""
_DEVIATIONS = np.linspace(-4, 4, 65, dtype=np.float32)
_LIKELIHOOD = np.exp(-(_DEVIATIONS**2) / 2)


def _encoded(electrons: FloatImage) -> FloatImage:
    return np.maximum(electrons, 0) ** np.float32(1 / _GAMMA)


def _gain(light: FloatImage, spread: FloatImage) -> FloatImage:
    """What the encoded electrons of each level are times, for their mean to be it."""
    encoded = _encoded(light[:, None] + spread[:, None] * _DEVIATIONS)
    mean = np.average(encoded, axis=1, weights=_LIKELIHOOD)
    return (np.arange(256) / np.maximum(mean, 1e-6)).astype(np.float32)


def _noise_shape(image: ByteImage, gray: float) -> tuple[int, ...]:
    return (*image.shape[:2], 1) if gray == 1 else image.shape


def _to_bytes(values: NDArray[Any]) -> ByteImage:
    return np.clip(values + 0.5, 0, 255).astype(np.uint8)
