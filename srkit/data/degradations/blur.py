"""Blur: the lens, the lens out of focus, sharpening that rings, motion."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from math import ceil, pi
from typing import ClassVar

import cv2
import numpy as np

from srkit.data.degradations.base import Degradation
from srkit.data.degradations.kernels import (
    Kernel,
    elliptic_kernel,
    motion_kernel,
    sinc_kernel,
)
from srkit.data.degradations.settings import Range, number, setting
from srkit.types import ByteImage


@dataclass(frozen=True, kw_only=True)
class Blur(Degradation):
    """Base of the blurs, each of which convolves with a kernel."""

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Convolves; the border is mirrored."""
        del rng
        border = cv2.BORDER_REFLECT_101
        blurred = cv2.filter2D(image, -1, self.kernel(), borderType=border)
        return np.asarray(blurred, dtype=np.uint8)

    @abstractmethod
    def kernel(self) -> Kernel:
        """The kernel of settings that have been drawn."""


@dataclass(frozen=True, kw_only=True)
class EllipticBlur(Blur):
    """Base of the blurs whose kernel is equal along ellipses."""

    plateau: ClassVar[bool]

    sigma: Range
    across: Range | None = setting(None, low=0.05, high=20, show="x {:.1f}")
    angle: Range = setting(0.0, low=-180, high=180)
    exponent: Range
    size: Range | None = setting(None, low=3, high=101, step=2)

    def kernel(self) -> Kernel:
        """The kernel of settings that have been drawn."""
        sigma = number(self.sigma)
        across = sigma if self.across is None else number(self.across)
        size = 2 * ceil(3 * max(sigma, across)) + 1
        return elliptic_kernel(
            size if self.size is None else round(number(self.size)),
            sigma,
            across=across,
            angle=number(self.angle),
            exponent=number(self.exponent),
            plateau=self.plateau,
        )


@dataclass(frozen=True, kw_only=True)
class GaussianBlur(EllipticBlur):
    """Gaussian blur: isotropic, anisotropic, or generalised.

    Args:
        sigma: Standard deviation in pixels.
        across: The one at right angles to `angle`; as `sigma` if None.
        angle: Direction of `sigma` in degrees.
        exponent: Below 1 the kernel has long tails, above 1 it is flatter.
        size: Side of the kernel, odd; three deviations each way if None.

    Source:
        Wang et al., Real-ESRGAN, ICCVW 2021, section 3.2.
    """

    kind = "gaussian-blur"
    plateau = False

    sigma: Range = setting((0.2, 3.0), low=0.05, high=20, show="blur {:.1f}")
    exponent: Range = setting(1.0, low=0.25, high=8)


@dataclass(frozen=True, kw_only=True)
class PlateauBlur(EllipticBlur):
    """Blur by a kernel that is flat in the middle, as of a lens out of focus.

    Arguments are those of `GaussianBlur`.

    Source:
        Wang et al., Real-ESRGAN, ICCVW 2021, section 3.2.
    """

    kind = "plateau-blur"
    plateau = True

    sigma: Range = setting((0.2, 3.0), low=0.05, high=20, show="plateau {:.1f}")
    exponent: Range = setting((1.0, 2.0), low=0.25, high=8)


@dataclass(frozen=True, kw_only=True)
class SincBlur(Blur):
    """An ideal low-pass, whose ringing is that of sharpened and resized pictures.

    Args:
        cutoff: Highest frequency kept, in radians a pixel.
        size: Side of the kernel, odd.

    Source:
        Wang et al., Real-ESRGAN, ICCVW 2021, section 3.4.
    """

    kind = "sinc-blur"

    cutoff: Range = setting((pi / 3, pi), low=0.1, high=pi, show="sinc {:.2f}")
    size: Range = setting((7, 21), low=3, high=101, step=2)

    def kernel(self) -> Kernel:
        """The kernel of settings that have been drawn."""
        return sinc_kernel(round(number(self.size)), number(self.cutoff))


@dataclass(frozen=True, kw_only=True)
class MotionBlur(Blur):
    """Blur of even motion while the shutter is open.

    Args:
        length: Way in pixels.
        angle: Its direction in degrees.
    """

    kind = "motion-blur"

    length: Range = setting((1.0, 6.0), low=0, high=60, show="motion {:.1f}")
    angle: Range = setting((0.0, 180.0), low=-360, high=360)

    def kernel(self) -> Kernel:
        """The kernel of settings that have been drawn."""
        return motion_kernel(number(self.length), angle=number(self.angle))
