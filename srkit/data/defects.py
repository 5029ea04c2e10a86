"""What is wrong with one picture, or with one pair, measured on its pixels.

The limits were set on photographs that are as the camera made them (T91, BSDS500,
CID22, CLIC) and on the same ones with planted defects; each stands beside its figure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

from srkit.image.color import luma
from srkit.image.resampling import downscale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srkit.types import ByteImage, FloatImage

_BLOCK = 32
# Factor, bands of the spectrum (in 1/32 of the sampling rate) above and below the
# highest frequency that a picture enlarged by it can hold, and the limit in decibels.
# Lowest of 723 photographs: -17.4, -19.4 and -15.4 dB (of 192 CCTV frames: -18.6);
# highest of the same ones enlarged bicubic: -23, -27 and -26.
_BANDS = (
    (4, slice(7, 9), slice(2, 3), -21.0),
    (3, slice(9, 12), slice(2, 4), -23.5),
    (2, slice(13, 17), slice(4, 8), -19.5),
)
# A block must hold that much detail (power below the edge of the band) to count, and
# a picture that many such blocks to be judged at all.
_LEAST_DETAIL = 75.0
_LEAST_BLOCKS = 8
# Nine in ten photographs stay below .08; at JPEG quality 60 nine in ten lie above.
_BLOCKINESS = 0.085
# Steps above that are edges of what is shown, not of JPEG's blocks.
_EDGE = 24.0


class Alignment(NamedTuple):
    """How an LR picture lies on the one made from its HR."""

    x: float
    """Shift to the right, in LR pixels."""
    y: float
    """Shift downwards, in LR pixels."""
    likeness: float
    """Correlation of the two once aligned, up to 1."""


def enlargement(pixels: ByteImage) -> int:
    """Finds by which factor a picture was enlarged before it was stored.

    A picture enlarged by 2 holds next to nothing in the upper half of its spectrum,
    however sharp it looks. The sharpest blocks decide, so that a blurred background
    does not count. Found are factors of 2 and more; not those below, nor what was
    compressed as JPEG of quality 90 or less afterwards.

    Returns:
        2, 3 or 4 (which stands for all above), or 1 if the picture is as it should be.
    """
    power = _spectra(_luma(pixels))
    for factor, above, below, limit in _BANDS:
        detail = power[:, below].mean(axis=1)
        counted = detail > _LEAST_DETAIL
        if counted.sum() < _LEAST_BLOCKS:
            continue
        ratio = power[counted, above].mean(axis=1) / detail[counted]
        if 10 * np.log10(np.quantile(ratio, 0.95) + 1e-12) < limit:
            return factor
    return 1


def blockiness(pixels: ByteImage) -> float:
    """Measures the edges of JPEG's 8x8 blocks, if they begin at the picture's corner.

    Returns:
        By how much more often the step between two blocks exceeds its neighbours than
        any other of the eight steps does: about 0 without blocks, 0.1 to 0.2 at
        quality 75. The smaller of both directions.
    """
    image = _luma(pixels)
    return min(_blockiness_along(image), _blockiness_along(image.T))


def has_blocks(pixels: ByteImage) -> bool:
    """Whether a picture shows the blocks of a strong JPEG compression."""
    return blockiness(pixels) > _BLOCKINESS


def alignment(lr: ByteImage, hr: ByteImage, scale: int) -> Alignment:
    """Measures how far LR is shifted against HR, to a few hundredths of a pixel.

    LR is compared with the one that is made from HR here: whole pixels by the peak of
    their correlation, the rest by least squares on the gradient. Brightness, contrast,
    noise and the kernel that made LR hardly matter.

    Args:
        lr: LR picture, RGB or gray, whatever HR is.
        hr: HR picture, of `scale` times its size.
        scale: Whole factor between the two.

    Source:
        Lucas and Kanade, An Iterative Image Registration Technique, IJCAI 1981; one
        step, on a band of the spectrum.
    """
    ours, theirs = (_band(image) for image in (downscale(hr, scale), lr))
    dx, dy = _whole_shift(ours, theirs)
    ours, theirs = _overlap(ours, theirs, dx, dy)
    rows, columns = (np.asarray(slope) for slope in np.gradient((ours + theirs) / 2))
    inside = (slice(2, -2), slice(2, -2))
    images = (columns, rows, ours, ours - theirs)
    *basis, rest = (image[inside].ravel().astype(np.float64) for image in images)
    matrix = np.stack(basis, axis=1)
    shift = np.linalg.lstsq(matrix.T @ matrix, matrix.T @ rest, rcond=None)[0]
    norm = np.linalg.norm(ours) * np.linalg.norm(theirs)
    likeness = float((ours * theirs).sum() / norm) if norm else 1.0
    return Alignment(dx + float(shift[0]), dy + float(shift[1]), likeness)


def _luma(image: ByteImage) -> FloatImage:
    """Luma of an RGB or a gray picture, ``(H, W)``."""
    if image.shape[-1] == 1:
        return image[..., 0].astype(np.float32)
    return np.ascontiguousarray(luma(image.astype(np.float32))[..., 0])


def _spectra(image: FloatImage) -> NDArray[np.float32]:
    """Power spectra of 32x32 blocks along both axes, the mean of each block's lines."""
    height, width = (side // _BLOCK for side in image.shape)
    if not height or not width:
        return np.zeros((0, _BLOCK // 2 + 1), np.float32)
    cut = image[: height * _BLOCK, : width * _BLOCK]
    grid = cut.reshape(height, _BLOCK, width, _BLOCK).swapaxes(1, 2)
    blocks = grid.reshape(-1, _BLOCK, _BLOCK)
    lines = np.concatenate([blocks, blocks.swapaxes(1, 2)])
    window = np.hanning(_BLOCK + 2)[1:-1].astype(np.float32)
    waves = np.fft.rfft((lines - lines.mean(axis=2, keepdims=True)) * window, axis=2)
    power = (np.abs(waves) ** 2).mean(axis=1) / (window**2).sum()
    return power.astype(np.float32)


def _blockiness_along(image: FloatImage) -> float:
    steps = np.abs(np.diff(image, axis=1))
    step, beside = steps[:, 1:-1], np.maximum(steps[:, :-2], steps[:, 2:])
    counted = (np.maximum(step, beside) < _EDGE) & (np.maximum(step, beside) > 0)
    stands_out = (step > beside) & counted
    # Step 7 of each eight is that between two blocks; the first one here is step 1.
    shares = []
    for phase in range(8):
        total = counted[:, phase::8].sum()
        if total < 200:
            return 0.0
        shares.append(stands_out[:, phase::8].sum() / total)
    # The largest of the others: in an enlarged picture every second step stands out.
    return float(shares[6] - max(shares[:6] + shares[7:]))


def _band(image: ByteImage) -> FloatImage:
    """Detail of a middling size: neither noise nor shading."""
    flat = _luma(image)
    fine, coarse = (cv2.GaussianBlur(flat, (0, 0), sigma) for sigma in (1.5, 6))
    return np.asarray(fine - coarse)


def _whole_shift(ours: FloatImage, theirs: FloatImage) -> tuple[int, int]:
    height, width = ours.shape
    window = np.outer(np.hanning(height), np.hanning(width))
    waves = np.conj(np.fft.rfft2(ours * window)) * np.fft.rfft2(theirs * window)
    peak = np.fft.irfft2(waves, s=(height, width))
    reach = min(8, height // 4, width // 4)
    near = np.roll(peak, (reach, reach), (0, 1))[: 2 * reach + 1, : 2 * reach + 1]
    dy, dx = np.unravel_index(near.argmax(), near.shape)
    return int(dx) - reach, int(dy) - reach


def _overlap(
    ours: FloatImage, theirs: FloatImage, dx: int, dy: int
) -> tuple[FloatImage, FloatImage]:
    height, width = ours.shape
    rows = slice(max(0, -dy), min(height, height - dy))
    columns = slice(max(0, -dx), min(width, width - dx))
    moved_rows = slice(rows.start + dy, rows.stop + dy)
    moved_columns = slice(columns.start + dx, columns.stop + dx)
    return ours[rows, columns], theirs[moved_rows, moved_columns]
