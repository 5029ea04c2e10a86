"""Measures of quality and their protocol.

Functions take pictures as they are at srkit's doors: uint8, uint16, or float in [0, 1].
Classes gather batches of pipelines, and there floats are in [-1, 1].
"""

from .artifacts import Checkerboard as Checkerboard
from .artifacts import checkerboard as checkerboard
from .consistency import LRPSNR as LRPSNR
from .consistency import ColorBias as ColorBias
from .consistency import color_bias as color_bias
from .consistency import lr_psnr as lr_psnr
from .distribution import FID as FID
from .distribution import KID as KID
from .divergence import frechet_distance as frechet_distance
from .divergence import kernel_distance as kernel_distance
from .fidelity import PSNR as PSNR
from .fidelity import SSIM as SSIM
from .fidelity import psnr as psnr
from .fidelity import ssim as ssim
from .flicker import Flicker as Flicker
from .naturalness import NIQE as NIQE
from .naturalness import niqe as niqe
from .perceptual import PerceptualDistance as PerceptualDistance
from .perceptual import perceptual_distance as perceptual_distance
from .protocol import CHANNELS as CHANNELS
from .protocol import Protocol as Protocol
from .protocol import Score as Score
