"""Compression of pictures and of films: JPEG, H.264, MPEG-4, Motion JPEG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from srkit.data.degradations.base import Degradation
from srkit.data.degradations.codecs import Quantised, VideoCodec
from srkit.data.degradations.settings import Range, number, setting
from srkit.types import ByteImage


@dataclass(frozen=True, kw_only=True)
class JPEG(Degradation):
    """JPEG compression, chroma at half the resolution (4:2:0).

    Args:
        quality: 1 to 100, as libjpeg counts it.
    """

    kind = "jpeg"

    quality: Range = setting((30, 95), low=1, high=100, show="JPEG {:.0f}")

    def apply(self, image: ByteImage, rng: np.random.Generator) -> ByteImage:
        """Encodes and decodes."""
        del rng
        bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
        quality = [cv2.IMWRITE_JPEG_QUALITY, round(number(self.quality))]
        _, data = cv2.imencode(".jpg", bgr, quality)
        decoded = cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)
        return np.asarray(decoded, dtype=np.uint8)


@dataclass(frozen=True, kw_only=True)
class H264(VideoCodec):
    """H.264 of x264, set as cameras are: no B-frames, no look-ahead.

    Args:
        crf: Constant rate factor: 18 hardly shows, 28 is usual, 40 is poor.
        frames: Frames encoded; the last one comes back.
        pan: Way from one frame to the next, in pixels.
        angle: Direction of that way in degrees.
        bits_per_pixel: Bit rate in place of `crf`; see `VideoCodec`.
    """

    kind = "h264"
    encoder = "libx264"
    decoder = "h264"
    qualities = (1, 51)

    crf: Range = setting((20, 36), low=0, high=51, show="H.264 {:.0f}")

    @property
    def quality(self) -> int:
        """The CRF."""
        return round(number(self.crf))

    def _configure(self, context: Any, quality: int) -> None:
        context.options = {
            "crf": str(quality),
            "preset": "veryfast",
            "tune": "zerolatency",
            "threads": "1",
        }


@dataclass(frozen=True, kw_only=True)
class MPEG4(Quantised):
    """MPEG-4 part 2 (DivX, Xvid), as recorders of the 2000s write it.

    Args:
        quantiser: 2 (best) to 31; the format's stand-in for a CRF.
        frames: Frames encoded; the last one comes back.
        pan: Way from one frame to the next, in pixels.
        angle: Direction of that way in degrees.
        bits_per_pixel: Bit rate in place of `quantiser`; see `VideoCodec`.
    """

    kind = "mpeg4"
    encoder = decoder = "mpeg4"

    quantiser: Range = setting((3, 14), low=2, high=31, show="MPEG-4 {:.0f}")


@dataclass(frozen=True, kw_only=True)
class MJPEG(Quantised):
    """Motion JPEG: each frame by itself, so one frame is enough.

    Args:
        quantiser: 2 (best) to 31.
        frames: Frames encoded; the last one comes back.
        pan: Way from one frame to the next, in pixels.
        angle: Direction of that way in degrees.
        bits_per_pixel: Bit rate in place of `quantiser`; see `VideoCodec`.
    """

    kind = "mjpeg"
    encoder = decoder = "mjpeg"

    quantiser: Range = setting((3, 14), low=2, high=31, show="MJPEG {:.0f}")
    frames: Range = setting(1, low=1, high=50, step=1)
