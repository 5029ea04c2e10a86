"""Batches of aligned crops, each a pure function of the seed and its number.

Randomness is counted, not streamed: batch `k` is made from the raw numbers of a
Philox generator keyed by ``(seed, k)``. So batches can be made in any order and on
any number of threads, a resumed run sees what it would have seen, and the loader on
tf.data and the one without TensorFlow give the same pixels. A degradation draws from
generators of the same key, one for each crop, whose counters lie far apart.

Source:
    Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011. Raw numbers
    pick the crops, because NumPy keeps those the same in every release and
    distributions not; a degradation is repeatable with the same NumPy, OpenCV and
    codecs.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from srkit.data.windows import degraded_window, turned
from srkit.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from srkit.data.degradations import Degradation
    from srkit.data.levels import Level
    from srkit.types import ByteImage


class PatchSampler:
    """Makes batches of LR and HR crops out of whole pictures.

    A picture is picked with a chance that grows with its area, so that every HR
    pixel is about as likely as any other; then one of its sizes, a place on the LR
    grid, and one of the eight flips and quarter turns.

    Args:
        levels: Whole pictures, from `make_levels`.
        scale: Whole factor between LR and HR.
        crop: Side of the HR crops in pixels, a multiple of `scale`.
        batch_size: Crops in a batch.
        augment: Flip and turn.
        seed: Key of the randomness, 0 or above.
        degradation: What is done to each LR crop.

    Raises:
        DataError: If every picture is smaller than the crop.
    """

    def __init__(
        self,
        levels: Sequence[Level],
        *,
        scale: int,
        crop: int,
        batch_size: int,
        augment: bool = True,
        seed: int = 0,
        degradation: Degradation | None = None,
    ) -> None:
        self.scale = scale
        self.crop = crop
        self.batch_size = batch_size
        self.augment = augment
        self.seed = seed
        self.degradation = degradation
        least = max(crop, degradation.least * scale) if degradation else crop
        self._levels = [x for x in levels if min(x.hr.shape[:2]) >= least]
        if not self._levels:
            sides = [min(level.hr.shape[:2]) for level in levels]
            why = f"`crop` (={crop})" if least == crop else f"{least} (`degradation`)"
            raise DataError(
                f"Every picture is smaller than {why}. Received: the "
                f"largest is {max(sides, default=0)} pixels on its shorter side"
            )
        areas: dict[int, list[int]] = {}
        for level in self._levels:
            height, width = level.hr.shape[:2]
            areas.setdefault(level.picture, []).append(height * width)
        self.num_pictures = len(areas)
        """Pictures large enough to be used."""
        self.area = sum(max(sizes) for sizes in areas.values())
        """HR pixels of those pictures, each at its full size."""
        self._ends = self._chances(areas)

    @property
    def steps(self) -> int:
        """Batches that hold as many HR pixels as the pictures do; at least 1."""
        return math.ceil(self.area / (self.crop**2 * self.batch_size))

    def batch(self, step: int) -> tuple[ByteImage, ByteImage]:
        """Makes batch number `step`.

        Returns:
            LR ``(N, crop // scale, crop // scale, 3)`` and HR ``(N, crop, crop, 3)``.
        """
        key = np.array([self.seed, step], dtype=np.uint64)
        raw = np.random.Philox(key=key).random_raw(4 * self.batch_size).reshape(-1, 4)
        chances = (raw >> np.uint64(11)) * 2.0**-53
        picks = np.searchsorted(self._ends, chances[:, 0], side="right").tolist()
        turns = (raw[:, 3] >> np.uint64(61)) * np.uint64(self.augment)
        side, scale = self.crop // self.scale, self.scale
        lr = np.empty((self.batch_size, side, side, 3), dtype=np.uint8)
        hr = np.empty((self.batch_size, self.crop, self.crop, 3), dtype=np.uint8)
        for index, (pick, turn) in enumerate(zip(picks, turns.tolist(), strict=True)):
            level = self._levels[pick]
            top = int(chances[index, 1] * (level.lr.shape[0] - side + 1))
            left = int(chances[index, 2] * (level.lr.shape[1] - side + 1))
            if self.degradation is not None:
                level, top, left = degraded_window(
                    level,
                    self.degradation,
                    top=top,
                    left=left,
                    side=side,
                    turn=turn,
                    rng=_generator(self.seed, step, index),
                )
            _place(level.lr, top, left, turn, lr[index])
            _place(level.hr, top * scale, left * scale, turn, hr[index])
        return lr, hr

    def _chances(self, areas: dict[int, list[int]]) -> NDArray[np.float64]:
        """Upper ends of the intervals of [0, 1) that pick each level."""
        sizes = [areas[level.picture] for level in self._levels]
        ends = np.cumsum([max(own) / len(own) for own in sizes])
        return ends / ends[-1]


def _place(image: ByteImage, top: int, left: int, turn: int, target: ByteImage) -> None:
    """Copies one crop into a batch, turned into one of its eight positions."""
    side = target.shape[0]
    crop = np.ascontiguousarray(image[top : top + side, left : left + side])
    pixels = crop.view("V3")[..., 0]  # whole pixels move faster than bytes
    target.view("V3")[..., 0][...] = turned(pixels, turn)


def _generator(seed: int, step: int, index: int) -> np.random.Generator:
    """The generator of one crop; the counter's highest word keeps them apart."""
    key = np.array([seed, step], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=(index + 1) << 192))
