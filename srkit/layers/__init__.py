"""Layers that Keras lacks, and the blocks that networks are made of."""

from .blocks import conv as conv
from .blocks import residual_block as residual_block
from .blocks import upsample as upsample
from .ranges import FromNetwork as FromNetwork
from .ranges import ToNetwork as ToNetwork
from .upsampling import ICNR as ICNR
from .upsampling import Interpolate as Interpolate
from .upsampling import PixelShuffle as PixelShuffle
