"""Networks for luma on colour: pictures of every kind, and the planes of video."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from srkit.errors import ArgumentError, ImageError
from srkit.image.kernels import phases
from srkit.inference.upscaler import Upscaler

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srkit.models import SuperResolver

    Plane = NDArray[Any]


class LumaUpscaler(Upscaler):
    """Enlarges the luma with a network of one channel, and Cb and Cr bicubically.

    Pictures go in and come out as for `Upscaler`; `enlarge_planes` takes frames of
    video as decoders give them and encoders want them, without a way through RGB.

    Args:
        model: The network, of one channel.
        **options: Those of `Upscaler`.

    Raises:
        ArgumentError: If the network has more channels, or an option is out of range.
    """

    def __init__(self, model: SuperResolver, **options: Any) -> None:
        super().__init__(model, **options)
        if self.model.channels != 1:
            raise ArgumentError(
                "`model` must be a network of one channel, CReLUNet for instance. "
                f"Received: {self.model.name!r} of {self.model.channels}; use Upscaler"
            )

    def enlarge_planes(
        self,
        y: Plane,
        cb: Plane | None = None,
        cr: Plane | None = None,
        *,
        bits: int | None = None,
        left: bool = False,
    ) -> tuple[Plane, ...]:
        """Enlarges one frame of video by the network's scale; safe on many threads.

        Both ranges of Y are taken as they are: studio swing is a linear map of full
        range, and so is what the network draws. Chroma may be of any subsampling; its
        kernel is the house's bicubic, rounded once.

        Shape:
            Planes ``(H, W)`` to ``(H * scale, W * scale)``.

        Args:
            y: Luma, uint8 or uint16.
            cb: Blue difference, of its own size; None for gray footage.
            cr: Red difference.
            bits: Lowest bits that are used of uint16, 10 for most footage; all by
                default.
            left: Whether samples of chroma that stand for two of luma lie on the left
                one, as nearly all video has them, and are to lie so again; in the
                middle by default, as JPEG has them.

        Returns:
            The planes that were given, larger, of the same dtype.

        Raises:
            ImageError: If a plane is not of two axes and of y's dtype, or not unsigned.
            MemoryBudgetError: If the result or even the smallest tile does not fit.
        """
        given = [plane for plane in (y, cb, cr) if plane is not None]
        for plane in given:
            _check_plane(plane, y.dtype)
        whole = 8 * y.dtype.itemsize
        unused, top = whole - (bits or whole), 2 ** (bits or whole) - 1
        luma = self._engine(y.dtype)((y << unused)[..., None])[..., 0]
        if unused:  # in more bits than these, where the highest levels round up
            half = 1 << (unused - 1)
            luma = np.minimum((luma.astype(np.uint32) + half) >> unused, top)
        chroma = [
            self._bicubic(plane, top, y.shape[1] if left else plane.shape[1])
            for plane in given[1:]
        ]
        return (luma.astype(y.dtype, copy=False), *chroma)

    def _bicubic(self, plane: Plane, top: int, width_of_luma: int) -> Plane:
        """One plane at the network's scale, sub-pixel by sub-pixel."""
        scale = self.model.scale
        across = round(width_of_luma / plane.shape[1])
        # On the left of `across` samples of luma, before and after.
        columns = phases(scale, shift=(1 - 1 / scale) * (1 - 1 / across) / 2)
        rows = phases(scale)
        height, width = plane.shape
        result = np.empty((height * scale, width * scale), plane.dtype)
        for row in range(scale):
            for column in range(scale):
                result[row::scale, column::scale] = cv2.sepFilter2D(
                    plane,
                    -1,
                    columns[:, column],
                    rows[:, row],
                    borderType=cv2.BORDER_REFLECT,
                )
        return np.minimum(result, top, out=result)


def _check_plane(plane: Any, dtype: np.dtype[Any]) -> None:
    kinds = (np.dtype(np.uint8), np.dtype(np.uint16))
    if getattr(plane, "ndim", 0) != 2 or plane.dtype != dtype or dtype not in kinds:
        raise ImageError(
            "Planes must be arrays (H, W), all uint8 or all uint16. Received: "
            f"{getattr(plane, 'dtype', type(plane).__name__)}, "
            f"shape={getattr(plane, 'shape', ())}"
        )
