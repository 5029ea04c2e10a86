"""Whole ways from a clean picture to a poor one: Real-ESRGAN's, and a CCTV camera's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import pi
from typing import TYPE_CHECKING

from srkit.data.degradations.base import Degradation
from srkit.data.degradations.blur import (
    GaussianBlur,
    MotionBlur,
    PlateauBlur,
    SincBlur,
)
from srkit.data.degradations.combining import Chain, OneOf, Sometimes
from srkit.data.degradations.compression import H264, JPEG, MJPEG, MPEG4
from srkit.data.degradations.interlacing import Interlacing
from srkit.data.degradations.noise import GaussianNoise, NightSensor, PoissonNoise
from srkit.data.degradations.overlay import OnScreenText
from srkit.data.degradations.resizing import Resize
from srkit.data.degradations.settings import Range, chance, setting
from srkit.types import ByteImage

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class RealESRGAN(Degradation):
    """The second-order degradation of Real-ESRGAN, with its published settings.

    Blur, resize, noise and JPEG happen twice; the last JPEG comes before or after the
    last resize with its sinc filter. LR is made from HR, not from the clean LR.

    Args:
        sigma: Deviations of the first blur, in pixels of HR.
        factor: Sizes after the first resize, relative to HR; 1 parts shrinking from
            enlarging.
        noise: Deviations of the first Gaussian noise, in levels.
        shot_noise: Strengths of the first Poisson noise.
        blur2: Chance of the second blur.
        sigma2: Its deviations, in pixels of what the first resize gave.
        factor2: Sizes after the second resize, relative to LR.
        noise2: Deviations of the second Gaussian noise, in levels.
        shot_noise2: Strengths of the second Poisson noise.
        gray: Chance that noise is gray.
        quality: Both JPEG qualities.
        sinc: Chance of the final sinc filter.

    Source:
        Wang et al., Real-ESRGAN: Training Real-World Blind Super-Resolution with Pure
        Synthetic Data, ICCVW 2021, and the options published as
        `train_realesrgan_x4plus.yml`. Changed: each picture draws its own settings
        (there a batch shares the resizes); pixels are rounded to levels after each
        step; HR is not sharpened beforehand, since it is also what is learnt.
    """

    kind = "realesrgan"

    sigma: tuple[float, float] = setting((0.2, 3.0), low=0.05, high=20)
    factor: tuple[float, float] = setting((0.15, 1.5), low=0.05, high=4)
    noise: Range = setting((1.0, 30.0), low=0, high=255)
    shot_noise: Range = setting((0.05, 3.0), low=0, high=20)
    blur2: float = chance(0.8)
    sigma2: tuple[float, float] = setting((0.2, 1.5), low=0.05, high=20)
    factor2: tuple[float, float] = setting((0.3, 1.2), low=0.05, high=4)
    noise2: Range = setting((1.0, 25.0), low=0, high=255)
    shot_noise2: Range = setting((0.05, 2.5), low=0, high=20)
    gray: float = chance(0.4)
    quality: Range = setting((30, 95), low=1, high=100)
    sinc: float = chance(0.8)

    @cache  # noqa: B019 - of a frozen object; drawing would cost half as much again
    def chain(self) -> Chain:
        """The same as a chain of single degradations."""
        jpeg = JPEG(quality=self.quality)
        sinc = Sometimes(step=SincBlur(cutoff=(pi / 3, pi)), chance=self.sinc)
        resized = (Resize(factor=1.0, relative_to="lr"), sinc)
        return Chain(
            start="hr",
            steps=(
                _blur(self.sigma),
                _resize(self.factor, (0.2, 0.7, 0.1), "start"),
                self._noise(self.noise, self.shot_noise),
                jpeg,
                Sometimes(step=_blur(self.sigma2), chance=self.blur2),
                _resize(self.factor2, (0.3, 0.4, 0.3), "lr"),
                self._noise(self.noise2, self.shot_noise2),
                OneOf(
                    choices=(
                        Chain(steps=(*resized, jpeg)),
                        Chain(steps=(jpeg, *resized)),
                    )
                ),
            ),
        )

    def draw(self, rng: np.random.Generator, *, scale: int = 1) -> Degradation:
        """Draws the whole chain."""
        return self.chain().draw(rng, scale=scale)

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Draws a chain and applies it."""
        return self.draw(rng).apply(image, rng)

    @property
    def parts(self) -> tuple[Degradation, ...]:
        """Its chain."""
        return (self.chain(),)

    def _noise(self, sigma: Range, strength: Range) -> Degradation:
        gaussian = GaussianNoise(sigma=sigma, gray=self.gray)
        return OneOf(
            choices=(gaussian, PoissonNoise(strength=strength, gray=self.gray))
        )


@dataclass(frozen=True, kw_only=True)
class CCTV(Degradation):
    """What a surveillance camera and its recorder do to a picture.

    In their order: lens, motion while the shutter is open, sensor, interlaced
    read-out, text on the screen, video codec. All motion of one picture, that of the
    blur, of the combs and of the clip that is encoded, is one motion.

    Args:
        sigma: Deviations of the lens's blur, in LR pixels.
        moving: Chance that there is motion.
        speed: Of what moves, in LR pixels from one frame to the next.
        shutter: Part of that time for which the shutter is open.
        night: Chance of a night scene.
        photons_by_night: Photons of a white pixel in one; see `NightSensor`.
        photons_by_day: The same in all others.
        interlaced: Chance of an interlaced camera; where nothing moves it is not seen.
        text: Chance of text on the screen, which HR gets as well.
        crf: Qualities of H.264, which six of ten recorders use.
        quantiser: Those of MPEG-4 (two of ten) and of MJPEG (two of ten).
    """

    kind = "cctv"

    sigma: Range = setting((0.3, 1.2), low=0.05, high=20)
    moving: float = chance(0.5)
    speed: Range = setting((0.2, 4.0), low=0, high=32)
    shutter: Range = setting((0.1, 0.8), low=0, high=1)
    night: float = chance(0.35)
    photons_by_night: Range = setting((80.0, 800.0), low=1, high=1e6)
    photons_by_day: Range = setting((2000.0, 20000.0), low=1, high=1e6)
    interlaced: float = chance(0.3)
    text: float = chance(0.15)
    crf: Range = setting((20, 34), low=0, high=51)
    quantiser: Range = setting((3, 12), low=2, high=31)

    def draw(self, rng: np.random.Generator, *, scale: int = 1) -> Degradation:
        """Draws a camera, a moment and a recorder."""
        angle = float(rng.uniform(0, 360))
        moves = rng.random() < self.moving
        speed = float(rng.uniform(*_ends(self.speed))) if moves else 0.0
        way = speed * float(rng.uniform(*_ends(self.shutter)))
        seen: tuple[Degradation, ...] = (
            GaussianBlur(sigma=self.sigma, across=self.sigma, angle=(0.0, 180.0)),
            *([MotionBlur(length=way, angle=angle)] if way >= 0.5 else []),
            self._sensor(),
        )
        if moves:
            comb = Interlacing(shift=speed / 2, angle=angle)
            seen = (*seen, Sometimes(step=comb, chance=self.interlaced))
        text = Sometimes(step=OnScreenText(), chance=self.text)
        chain = Chain(steps=(*seen, text, self._recorder(speed, angle)))
        return chain.draw(rng, scale=scale)

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Draws a chain and applies it."""
        return self.draw(rng).apply(image, rng)

    @property
    def parts(self) -> tuple[Degradation, ...]:
        """Of all parts the one that asks for something."""
        return (self._recorder(0.0, 0.0),)

    def _sensor(self) -> Degradation:
        by_night = NightSensor(photons=self.photons_by_night)
        by_day = NightSensor(photons=self.photons_by_day)
        weights = (self.night, 1 - self.night)
        return OneOf(choices=(by_night, by_day), weights=weights)

    def _recorder(self, speed: float, angle: float) -> Degradation:
        motion = {"pan": speed, "angle": angle}
        codecs = (
            H264(crf=self.crf, **motion),
            MPEG4(quantiser=self.quantiser, **motion),
            MJPEG(quantiser=self.quantiser, **motion),
        )
        return OneOf(choices=codecs, weights=(0.6, 0.2, 0.2))


def _blur(sigma: Range) -> Degradation:
    """One of the kernels, as often as published; a tenth of them are sinc."""
    size, turned = (7, 21), {"across": sigma, "angle": (-180.0, 180.0)}
    chosen: list[tuple[float, Degradation]] = [
        # Narrow kernels do without the lowest frequencies.
        (0.1 * 3 / 8, SincBlur(cutoff=(pi / 3, pi), size=(7, 11))),
        (0.1 * 5 / 8, SincBlur(cutoff=(pi / 5, pi), size=(13, 21))),
        (0.9 * 0.45, GaussianBlur(sigma=sigma, size=size)),
        (0.9 * 0.25, GaussianBlur(sigma=sigma, size=size, **turned)),
    ]
    # Half of the exponents lie below 1 and half above; of plateaus half are 1.
    for kind, ranges in (
        (GaussianBlur, ((0.5, 1.0), (1.0, 4.0))),
        (PlateauBlur, (1.0, (1.0, 2.0))),
    ):
        for exponent in ranges:
            shape = {"sigma": sigma, "size": size, "exponent": exponent}
            chosen.append((0.9 * 0.12 / 2, kind(**shape)))
            chosen.append((0.9 * 0.03 / 2, kind(**shape, **turned)))
    weights, choices = zip(*chosen, strict=True)
    return OneOf(choices=choices, weights=weights)


def _resize(
    factor: Range, up_down_keep: tuple[float, float, float], relative_to: str
) -> Degradation:
    low, high = _ends(factor)
    ranges: tuple[Range, ...] = ((1.0, max(high, 1.0)), (min(low, 1.0), 1.0), 1.0)
    resizes = [Resize(factor=each, relative_to=relative_to) for each in ranges]
    return OneOf(choices=tuple(resizes), weights=up_down_keep)


def _ends(between: Range) -> tuple[float, float]:
    return between if isinstance(between, tuple) else (between, between)
