"""Pure functions on arrays: ranges, colour, resize, tiles, files."""

from .color import luma as luma
from .color import rgb_to_ycbcr as rgb_to_ycbcr
from .color import ycbcr_to_rgb as ycbcr_to_rgb
from .ranges import from_network as from_network
from .ranges import to_network as to_network
