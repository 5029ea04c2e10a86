"""Rotation, shear and translation: an augmentation that is no degradation of LR."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from srkit.data.degradations.base import Degradation
from srkit.data.degradations.settings import Range, number, setting
from srkit.image.resampling import downscale
from srkit.types import ByteImage


@dataclass(frozen=True, kw_only=True)
class Warp(Degradation):
    """Turns, shears and moves HR, and makes LR of the result by bicubic downscaling.

    It stands first in a `Chain`, before what makes LR poor. The border is mirrored.
    LR of one's own cannot be warped with HR, and no other kernel than bicubic is used.
    It did harm in the low-quality-image paper that srkit follows, and is not used by
    any recipe: interpolation takes from HR the finest detail, which the network is to
    learn. The flips and quarter turns that `pairs` makes by itself take none.

    Args:
        rotation: Degrees, counter-clockwise.
        shear: Degrees by which the columns lean.
        translation: Share of the side to move by, both ways; to which side is drawn.

    Source:
        The low-quality-image paper (SRGAN and ESRGAN with a front end and a back end),
        its section on data; ranges of its own are not stated, those here are Keras's
        usual ones.
    """

    kind = "warp"

    rotation: Range = setting((-10.0, 10.0), low=-180, high=180, show="turned {:.1f}")
    shear: Range = setting((-5.0, 5.0), low=-45, high=45, show="sheared {:.1f}")
    translation: Range = setting((-0.05, 0.05), low=-0.5, high=0.5, show="moved {:.2f}")

    @property
    def from_hr(self) -> bool:
        """LR that was there is of no use: it is made anew of the warped HR."""
        return True

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Warps one picture on its own grid."""
        down = int(rng.choice((-1, 1)))
        return _warped(
            image,
            rotation=number(self.rotation),
            shear=number(self.shear),
            shift=(number(self.translation), down * number(self.translation)),
        )

    def apply_to_pair(
        self, lr: ByteImage, hr: ByteImage, rng: np.random.Generator, *, scale: int
    ) -> tuple[ByteImage, ByteImage]:
        """Warps HR, and makes LR of it."""
        del lr
        warped = self.apply(hr, rng)
        return (warped if scale == 1 else downscale(warped, scale)), warped


def _warped(
    image: ByteImage, *, rotation: float, shear: float, shift: tuple[float, float]
) -> ByteImage:
    """Warps about the middle of the picture, by cubic interpolation."""
    height, width = image.shape[:2]
    turn, lean = np.deg2rad(rotation), np.tan(np.deg2rad(shear))
    cosine, sine = np.cos(turn), np.sin(turn)
    linear = np.array([[cosine, sine], [-sine, cosine]]) @ np.array([[1, lean], [0, 1]])
    middle = np.array([width - 1, height - 1]) / 2
    moved = middle - linear @ middle + np.array([shift[0] * width, shift[1] * height])
    found = cv2.warpAffine(
        image,
        np.column_stack([linear, moved]),
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return np.asarray(found, dtype=np.uint8)
