"""A trained network on whole pictures of every kind: in goes one, out comes its like.

The network sees RGB without holes. What a picture has beyond that (transparency, a
single gray channel, 16 bits, an odd factor) is taken apart here and put together
again, in floats, so that every value is rounded once.
"""

from __future__ import annotations

from functools import lru_cache
from math import floor
from pathlib import Path
from typing import Any, Self

import numpy as np

from srkit.engine import Engine, resolve_precision
from srkit.engine.pictures import enlarge_floats, from_unit, to_unit
from srkit.errors import ArgumentError
from srkit.export import export_saved_model
from srkit.image import resize
from srkit.inference.alpha import bleed, settle
from srkit.inference.kinds import labelled, take_apart
from srkit.inference.room import check_room
from srkit.models import SuperResolver
from srkit.types import AnyImage, FloatImage


class Upscaler:
    """Enlarges pictures with a trained network; made once, for many pictures.

    Args:
        model: The network, for RGB, or of one channel for gray pictures; or a model
            that trains such a generator.
        precision: "float32", "bfloat16", or "auto": bfloat16 where this machine
            computes it and the picture has 8 bits, float32 elsewhere.
        memory: What a tile's computation may take, in GiB.
        tile: Side of a tile in LR pixels; None chooses it from `memory`.
        ensemble: Mean of the eight flips and turns: eight times the time for
            about 0.1 dB.
        scale: Factor from size in to size out; None for the network's own. It may
            be any: the network runs as often as it must, a bicubic resize does the
            rest.
        width: Width out in pixels instead of `scale`; the height follows.

    Raises:
        ArgumentError: If `scale` and `width` are both given or one is not positive.
    """

    def __init__(
        self,
        model: SuperResolver,
        *,
        precision: str = "auto",
        memory: float = 1.0,
        tile: int | None = None,
        ensemble: bool = False,
        scale: float | None = None,
        width: int | None = None,
    ) -> None:
        _check_size(scale, width)
        self.model = model.generator if hasattr(model, "generator") else model
        self.precision = precision
        self.ensemble = ensemble
        self.scale = scale
        self.width = width
        self.memory = memory
        self.tile = tile
        self._engines: dict[str, Engine] = {}
        self._engine(np.dtype(np.uint8))  # so that wrong options show at once

    @classmethod
    def from_preset(cls, preset: str | Path = "edsr_x4", **options: Any) -> Self:
        """Loads a trained network by name or from a folder.

        Args:
            preset: Name of a preset in the box, or the folder of one.
            **options: Those of the constructor.

        Raises:
            PresetNotFoundError: If there is no such name or folder.
            PresetError: If the preset is damaged.
        """
        return cls(SuperResolver.from_preset(preset), **options)

    def __call__(self, source: Any) -> Any:
        """Enlarges a picture and returns the same kind.

        Shape:
            Arrays and tensors: ``(H, W)``, ``(H, W, C)`` or ``(N, H, W, C)``, where
            C is 1 (gray), 2 (gray, alpha), 3 (RGB) or 4 (RGBA), to the same rank.

        Args:
            source: A path or `Picture` (gives a `Picture`), a PIL image, or an array
                or tensor of uint8, uint16 or floats in [0, 1].

        Returns:
            The same kind and dtype, larger. Where the network was trained
            adversarially, the XMP of a `Picture` or PIL image says that its detail is
            invented; `Picture.save` writes that into every format but BMP, which has no
            place for it, `PIL.Image.save` if given ``xmp=image.info["xmp"]``.

        Raises:
            UnreadableImageError: If a file holds no readable picture.
            ImageError: If `source` is no picture.
            MemoryBudgetError: If the result or even the smallest tile does not fit.
        """
        pictures, put_together = take_apart(source)
        made = put_together([self.enlarge(pixels) for pixels in pictures])
        height, width = pictures[0].shape[:2]
        label = self.model.label(self.size_of(height, width)[1] / width)
        return labelled(made, label) if label else made

    @property
    def arithmetic(self) -> str:
        """What 8-bit pictures are computed in, whatever `precision` asks for."""
        return self._engine(np.dtype(np.uint8)).precision

    def export(self, folder: str | Path) -> Path:
        """Writes the network as a TensorFlow SavedModel that gives the same pixels.

        Args:
            folder: Where to. An earlier export there is replaced.

        Returns:
            The folder; see `srkit.export.export_saved_model` for what it holds.

        Raises:
            OutputError: If it cannot be written.
        """
        return export_saved_model(self._engine(np.dtype(np.uint8)).plain, folder)

    def enlarge(self, pixels: AnyImage) -> AnyImage:
        """Enlarges one picture that is an array; `__call__` takes any kind.

        Shape:
            ``(H, W, C)`` with C of 1, 2, 3 or 4, to the same C.
        """
        height, width, channels = pixels.shape
        size = self.size_of(height, width)
        run = self._engine(pixels.dtype)
        once = (height * self.model.scale, width * self.model.scale)
        if size == once and channels == self.model.channels and not self.ensemble:
            check_room((*size, channels), pixels.itemsize)
            return run(pixels)
        values = to_unit(pixels)
        if channels % 2 == 1:
            return from_unit(self._resized(run, values, size), pixels.dtype)
        color, alpha = values[..., :-1], values[..., -1:]
        color = self._resized(run, bleed(color, alpha), size)
        alpha = settle(self._opacity(run, alpha, size), alpha)
        return from_unit(np.concatenate([color, alpha], axis=-1), pixels.dtype)

    def size_of(self, height: int, width: int) -> tuple[int, int]:
        """Height and width that a picture of `height` and `width` will have."""
        factor = self.scale or self.model.scale
        if self.width is not None:
            factor = self.width / width
        return max(1, floor(height * factor + 0.5)), max(1, floor(width * factor + 0.5))

    def _engine(self, dtype: np.dtype[Any]) -> Engine:
        """The engine for pictures of a dtype; bfloat16 has too few bits for 16."""
        precision = self.precision
        if precision == "auto":
            precision = resolve_precision("auto") if dtype == np.uint8 else "float32"
        if precision not in self._engines:
            self._engines[precision] = Engine(
                self.model, precision=precision, memory=self.memory, tile=self.tile
            )
        return self._engines[precision]

    def _opacity(
        self, run: Engine, alpha: FloatImage, size: tuple[int, int]
    ) -> FloatImage:
        if np.ptp(alpha) == 0:
            return np.full((*size, 1), alpha[0, 0], np.float32)
        return self._resized(run, alpha, size)

    def _resized(
        self, run: Engine, values: FloatImage, size: tuple[int, int]
    ) -> FloatImage:
        """Runs the network until `size` is reached, then shrinks to it exactly."""
        passes = self._passes(values.shape[:2], size)
        larger = enlarge_floats(run, values, ensemble=self.ensemble, passes=passes)
        return np.clip(resize(larger, size), 0, 1)

    def _passes(self, shape: tuple[int, int], size: tuple[int, int]) -> int:
        """How often the network must run, at least once, to reach `size`."""
        height, width = shape
        factor, count = self.model.scale, 1
        while factor > 1 and (height * factor < size[0] or width * factor < size[1]):
            factor, count = factor * self.model.scale, count + 1
        # The picture, the one before it, and what the resize holds meanwhile.
        check_room((height * factor, width * factor, self.model.channels), 3 * 4)
        return count


def upscale(source: Any, *, preset: str | Path = "edsr_x4", **options: Any) -> Any:
    """Enlarges one picture with a preset; the network is kept for the next call.

    Args:
        source: As for `Upscaler.__call__`; a path gives a `Picture`, which has
            `.pixels`, `.metadata` and `.save(path)`.
        preset: Name of a preset in the box, or the folder of one.
        **options: Those of `Upscaler`.

    Returns:
        The same kind and dtype, larger.

    Raises:
        SrkitError: As `Upscaler.from_preset` and `Upscaler.__call__` do.
    """
    if Path(preset).is_dir():  # may have been trained further since
        return Upscaler.from_preset(preset, **options)(source)
    return _kept(str(preset), **options)(source)


@lru_cache(maxsize=2)
def _kept(preset: str, **options: Any) -> Upscaler:
    return Upscaler.from_preset(preset, **options)


def _check_size(scale: float | None, width: int | None) -> None:
    if scale is not None and width is not None:
        raise ArgumentError(
            f"Give either `scale` or `width`. Received: {scale} and {width}"
        )
    if scale is not None and not 0 < scale <= 64:
        raise ArgumentError(f"`scale` must be above 0, at most 64. Received: {scale}")
    if width is not None and width < 1:
        raise ArgumentError(f"`width` must be at least 1 pixel. Received: {width}")
