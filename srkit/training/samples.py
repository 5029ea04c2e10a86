"""Pictures on which a run is measured and shown, and how it is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import keras
import numpy as np

from srkit.errors import ArgumentError
from srkit.image import from_network
from srkit.image.resampling import resize
from srkit.metrics import Score, psnr
from srkit.training.run import Run, RunCallback
from srkit.types import ByteImage

if TYPE_CHECKING:
    from srkit.training.boards import Board


class Pair(NamedTuple):
    """A low-resolution picture and the one it should become, uint8 HWC."""

    name: str
    lr: ByteImage
    hr: ByteImage

    @property
    def scale(self) -> int:
        """How much larger HR is."""
        return round(self.hr.shape[0] / self.lr.shape[0])

    @property
    def bicubic(self) -> ByteImage:
        """The LR picture enlarged by interpolation: what the network must beat."""
        height, width = self.hr.shape[:2]
        return resize(self.lr, (height, width))


def as_pairs(pictures: Iterable[Any]) -> list[Pair]:
    """Checks pictures `(name, lr, hr)` or `(lr, hr)`, uint8 HWC.

    Raises:
        ArgumentError: If one is of another form.
    """
    pairs = []
    for index, item in enumerate(pictures):
        named = item if len(item) == 3 else (f"picture {index}", *item)
        name, lr, hr = named if len(named) == 3 else ("", None, None)
        if not (_is_picture(lr) and _is_picture(hr)):
            raise ArgumentError(
                "`validation` must hold (name, lr, hr) with pictures of uint8, "
                "(height, width, channels), such as srkit.data.load gives. "
                f"Received: {_kind(item)}"
            )
        pairs.append(Pair(str(name), lr, hr))
    return pairs


class Validation(RunCallback):
    """Measures whole pictures after an epoch, with the averaged weights.

    It adds `val_psnr_y` (dB; luma, a border of `scale` pixels shaved, uint8) and the
    same figure of bicubic enlargement to the logs.

    Args:
        run: The run to measure.
        pairs: Pictures to measure on.
        every: Epochs between two measurements; the last epoch is always measured.
        kernel: How their LR was made, for the protocol.
    """

    def __init__(
        self,
        run: Run,
        pairs: Sequence[Pair],
        *,
        every: int = 1,
        kernel: str = "unstated",
    ) -> None:
        super().__init__(run)
        self.pairs = pairs
        self.every = every
        self.kernel = kernel
        self._bicubic: Score | None = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Measures."""
        if logs is None or not _due(self, epoch, self.every):
            return
        if self._bicubic is None:
            self._bicubic = self._mean([pair.bicubic for pair in self.pairs])
            self.run.protocol = str(self._bicubic.protocol)
        with self.run.averaged():
            score = self._mean([self.enlarge(pair.lr) for pair in self.pairs])
        logs |= {"val_psnr_y": float(score), "val_psnr_y_bicubic": float(self._bicubic)}

    def _mean(self, pictures: Sequence[ByteImage]) -> Score:
        return Score.mean(
            psnr(pair.hr, sr, shave=pair.scale, channel="y", kernel=self.kernel)
            for pair, sr in zip(self.pairs, pictures, strict=True)
        )


class Gallery(RunCallback):
    """Shows bicubic, the network's result and HR side by side in TensorBoard.

    Args:
        run: The run to show.
        board: Where to show.
        pairs: Pictures to show; without any, crops of the first training batch.
        every: Epochs between two showings; the last epoch is always shown.
        size: Longest side shown, in HR pixels, cut from the middle.
    """

    def __init__(
        self,
        run: Run,
        board: Board,
        pairs: Sequence[Pair] = (),
        *,
        every: int = 10,
        size: int = 256,
    ) -> None:
        super().__init__(run)
        self.board = board
        self.pairs = list(pairs)
        self.every = every
        self.size = size

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Takes crops of srkit's training data where no pictures were given."""
        del epoch, logs
        # Only such data can be looked at without a batch being lost to training.
        if not self.pairs and self.position is not None:
            self.pairs = _training_crops(self.data)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Shows."""
        del logs
        if not _due(self, epoch, self.every):
            return
        with self.run.averaged():
            results = [self.enlarge(pair.lr) for pair in self.pairs]
        for pair, sr in zip(self.pairs, results, strict=True):
            strip = side_by_side([pair.bicubic, sr, pair.hr], size=self.size)
            self.board.picture(f"{pair.name}: bicubic, network, HR", strip)


def side_by_side(
    pictures: Sequence[ByteImage], *, size: int = 256, gap: int = 4
) -> ByteImage:
    """Joins the middles of equally large pictures, left to right, white between.

    Shape:
        Several of ``(H, W, C)`` to ``(min(H, size), n * min(W, size) + gaps, 3)``.
    """
    pictures = [_in_colour(picture) for picture in pictures]
    height, width, channels = pictures[0].shape
    rows, columns = min(height, size), min(width, size)
    top, left = (height - rows) // 2, (width - columns) // 2
    white = np.full((rows, gap, channels), 255, np.uint8)
    parts = [white]
    for picture in pictures:
        parts += [picture[top : top + rows, left : left + columns], white]
    return np.concatenate(parts[1:-1], axis=1)


def _training_crops(data: Any, count: int = 3) -> list[Pair]:
    """The first pairs of a batch."""
    lr, hr = next(iter(data))
    batches = [np.asarray(keras.ops.convert_to_numpy(x))[:count] for x in (lr, hr)]
    pairs = zip(*(from_network(batch) for batch in batches), strict=True)
    return as_pairs((f"crop {i}", *pair) for i, pair in enumerate(pairs))


def _due(callback: RunCallback, epoch: int, every: int) -> bool:
    return (epoch + 1) % every == 0 or epoch + 1 == callback.params.get("epochs")


def _is_picture(image: Any) -> bool:
    return getattr(image, "dtype", None) == np.uint8 and image.ndim == 3


def _in_colour(picture: ByteImage) -> ByteImage:
    return np.repeat(picture, 3, axis=2) if picture.shape[2] == 1 else picture


def _kind(item: Any) -> str:
    parts = item if isinstance(item, tuple) else (item,)
    return ", ".join(
        f"{type(p).__name__}{getattr(p, 'shape', '')} {getattr(p, 'dtype', '')}".strip()
        for p in parts
    )
