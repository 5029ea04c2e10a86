"""Measures of quality, as functions and as Keras metrics, and their protocol."""

from .fidelity import PSNR as PSNR
from .fidelity import SSIM as SSIM
from .fidelity import psnr as psnr
from .fidelity import ssim as ssim
from .protocol import CHANNELS as CHANNELS
from .protocol import Protocol as Protocol
from .protocol import Score as Score
