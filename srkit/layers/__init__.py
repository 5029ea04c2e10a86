"""Layers that Keras lacks, and the blocks that networks are made of."""

from .activations import ConcatenatedReLU as ConcatenatedReLU
from .blocks import add_scaled as add_scaled
from .blocks import conv as conv
from .blocks import repeat as repeat
from .blocks import residual_block as residual_block
from .blocks import to_picture as to_picture
from .blocks import upsample as upsample
from .blocks import upsample_step as upsample_step
from .ranges import FromNetwork as FromNetwork
from .ranges import ToNetwork as ToNetwork
from .spectral import SpectralConv2D as SpectralConv2D
from .upsampling import ICNR as ICNR
from .upsampling import CropLike as CropLike
from .upsampling import Interpolate as Interpolate
from .upsampling import PixelShuffle as PixelShuffle
