"""Where a frame of a fixed camera lies on another: sub-pixel shift, gain and offset.

A shift is in pixels, down and to the right.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np

from srkit.image.kernels import lanczos3

if TYPE_CHECKING:
    from srkit.types import FloatImage

_STEPS = 12
_ENOUGH = 0.002
"""Steps end when they are shorter than so many pixels."""
_BLUR = 1.0
"""Standard deviation in pixels of the blur under which frames are laid on each other.

Little noise and no aliasing are left then, and interpolation is all but exact.
"""
_HALVINGS = 4
_TUKEY = 4.685
_OUTLYING = 16
_SMALLEST = 16


class Alignment(NamedTuple):
    """What lays a frame on another: ``gain * shifted(frame, down, right) + offset``."""

    down: float = 0.0
    right: float = 0.0
    gain: float = 1.0
    offset: float = 0.0

    def apply(self, frame: FloatImage) -> FloatImage:
        """The frame as the other one shows it.

        Shape:
            ``(H, W, C)``, kept.
        """
        moved = shifted(frame, self.down, self.right)
        return moved * np.float32(self.gain) + np.float32(self.offset)


def shifted(image: FloatImage, down: float, right: float) -> FloatImage:
    """Moves a picture by any fraction of a pixel, by Lanczos interpolation (3 lobes).

    Shape:
        ``(H, W)`` or ``(H, W, C)``, kept.

    Args:
        image: float32.
        down: Pixels by which it moves down; what enters is the mirrored picture.
        right: Pixels by which it moves to the right.
    """
    rows, columns = (_taps(part) for part in (down, right))
    reach = max(len(rows), len(columns)) // 2
    border = (reach,) * 4
    # `sepFilter2D` mirrors only once, and so not as far as a small picture needs.
    wide: Any = cv2.copyMakeBorder(image, *border, cv2.BORDER_REFLECT_101)
    moved: Any = cv2.sepFilter2D(wide, -1, columns, rows)
    inside = slice(reach, -reach or None)
    return moved[inside, inside].reshape(image.shape)


def _taps(shift: float) -> FloatImage:
    """Weights of the neighbours, the one in the middle being the pixel itself."""
    reach = int(np.ceil(abs(shift))) + 3
    weights = lanczos3(np.arange(-reach, reach + 1) + np.float64(shift))
    return (weights / weights.sum()).astype(np.float32)


def register(reference: FloatImage, frame: FloatImage) -> Alignment:
    """Finds what lays a frame on a reference; what moved in either hardly counts.

    Phase correlation finds the pixel, Gauss-Newton steps under Tukey's weights the
    rest, gain and offset (of a lamp that flickers) too. Where the result fits no better
    than the frame as it is, or a side is shorter than 16 pixels, the frame is left as
    it is.

    Shape:
        Two of ``(H, W, C)``.

    Args:
        reference: Where to; float32 on the scale 0..255.
        frame: What is to lie on it, on the same scale.

    Source:
        Start: Kuglin and Hines, The Phase Correlation Image Alignment Method, 1975.
        Steps: Baker and Matthews, Lucas-Kanade 20 Years On, IJCV 2004.
    """
    if min(reference.shape[:2]) < _SMALLEST:
        return Alignment()
    still, moving = _smooth(reference), _smooth(frame)
    window: Any = cv2.createHanningWindow(still.shape[::-1], cv2.CV_32F)
    # Not as an argument: OpenCV 5.0 multiplies it into the caller's own arrays.
    (right, down), _ = cv2.phaseCorrelate(moving * window, still * window)
    tried = [Alignment()]
    if _is_near(found := Alignment(float(down), float(right)), still):
        tried.append(found)
    start = min(tried, key=lambda fit: _misfit(still, moving, fit))
    tried.append(_refined(still, moving, start))
    return min(tried, key=lambda fit: _misfit(still, moving, fit))


def inner(shape: tuple[int, ...], alignment: Alignment) -> tuple[slice, slice]:
    """The rows and columns where a moved frame shows nothing that was mirrored in."""
    rows, columns = (
        slice(max(0, ceil(part)), length + min(0, floor(part)))
        for part, length in zip(alignment[:2], shape[:2], strict=True)
    )
    return rows, columns


def _smooth(image: FloatImage) -> FloatImage:
    gray = image.mean(axis=2, dtype=np.float32)
    return np.asarray(cv2.GaussianBlur(gray, (0, 0), _BLUR), np.float32)


def _is_near(fit: Alignment, still: FloatImage) -> bool:
    """Whether enough of the frame lies on the other one to tell how it fits."""
    return max(abs(fit.down), abs(fit.right)) <= min(still.shape) / 4


def _refined(still: FloatImage, moving: FloatImage, fit: Alignment) -> Alignment:
    slopes: list[Any] = [-slope for slope in np.gradient(still)]
    steepness = slopes[0] ** 2 + slopes[1] ** 2
    for step in range(_STEPS):
        where = inner(still.shape, fit)
        found = fit.apply(moving)[where].ravel()
        error = still[where].ravel() - found
        # Edges are no outliers as long as they may yet be off by a part of a pixel.
        off = 4.0 ** -min(step, _HALVINGS) * steepness[where].ravel()
        outlying = error**2 / (_TUKEY**2 * (_spread(error) ** 2 + off))
        weights = np.maximum(0, 1 - outlying) ** 2
        sides = [slopes[0][where], slopes[1][where], found, np.ones_like(found)]
        system = np.stack([side.ravel() for side in sides])
        weighted = system * weights
        solved = np.linalg.lstsq(weighted @ system.T, weighted @ error)[0]
        down, right, gain, offset = map(float, solved)
        fit = Alignment(
            down=fit.down + down,
            right=fit.right + right,
            gain=fit.gain * (1 + gain),
            offset=fit.offset * (1 + gain) + offset,
        )
        if not _is_near(fit, still):
            return Alignment()
        if step >= _HALVINGS and max(abs(down), abs(right)) < _ENOUGH:
            break
    return fit


def _misfit(still: FloatImage, moving: FloatImage, fit: Alignment) -> float:
    """Mean distance; what is far off, as what moved is, counts as a little off."""
    where = inner(still.shape, fit)
    error = np.abs(still[where] - fit.apply(moving)[where])
    return float(np.minimum(error, _OUTLYING).mean())


def _spread(error: FloatImage) -> float:
    """Standard deviation of all but what moved, and that of rounding at least."""
    some = np.abs(error[:: max(1, error.size // 20_000)])
    return max(1.4826 * float(np.median(some)), 0.3)
