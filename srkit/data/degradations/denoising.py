"""Denoising, as cameras and encoders do it: what it smooths away is gone."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from srkit.data.degradations.base import Degradation
from srkit.data.degradations.blur import GaussianBlur
from srkit.data.degradations.combining import Chain, Sometimes
from srkit.data.degradations.settings import Range, chance, number, setting
from srkit.types import ByteImage


@dataclass(frozen=True, kw_only=True)
class NonLocalMeans(Degradation):
    """The mean of the pixels whose surroundings are alike.

    On clean line art it melts faint strokes into what lies below them and leaves the
    strong ones.

    Args:
        strength: How unlike surroundings may be, in levels.
        window: Side of the surroundings, odd.
        search: Side of the region in which they are looked for, odd.

    Source:
        Buades et al., A non-local algorithm for image denoising, CVPR 2005, in OpenCV.
    """

    kind = "non-local-means"

    strength: Range = setting((2.0, 10.0), low=0.1, high=100, show="denoised {:.0f}")
    window: Range = setting(5, low=3, high=21, step=2)
    search: Range = setting(13, low=3, high=41, step=2)

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Denoises."""
        del rng
        smooth = cv2.fastNlMeansDenoising(
            image,
            h=float(number(self.strength)),
            templateWindowSize=round(number(self.window)),
            searchWindowSize=round(number(self.search)),
        )
        return np.asarray(smooth, np.uint8)


@dataclass(frozen=True, kw_only=True)
class LineArt(Degradation):
    """Blur and denoising, each of which a picture of drawn video may have seen or not.

    Args:
        blurred: Chance of a Gaussian blur.
        sigma: Its deviations, in LR pixels.
        denoised: Chance of non-local means.
        strength: Theirs, in levels.

    Source:
        Rathi et al., Video Upscaling Using Deep Neural Network, which leaves both
        augmentations open; their chances and strengths are a choice.
    """

    kind = "lineart"

    blurred: float = chance(0.25)
    sigma: Range = setting((0.2, 0.8), low=0.05, high=20)
    denoised: float = chance(0.25)
    strength: Range = setting((2.0, 10.0), low=0.1, high=100)

    def draw(self, rng: np.random.Generator, *, scale: int = 1) -> Degradation:
        """Draws both."""
        blur = GaussianBlur(sigma=self.sigma)
        denoising = NonLocalMeans(strength=self.strength)
        steps = (
            Sometimes(step=blur, chance=self.blurred),
            Sometimes(step=denoising, chance=self.denoised),
        )
        return Chain(steps=steps).draw(rng, scale=scale)

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Draws both and applies them."""
        return self.draw(rng).apply(image, rng)
