"""Pure functions on arrays: ranges, colour, resize, tiles, files."""

from .color import luma as luma
from .color import rgb_to_ycbcr as rgb_to_ycbcr
from .color import to_gray as to_gray
from .color import ycbcr_to_rgb as ycbcr_to_rgb
from .decode import decode_picture as decode_picture
from .encode import PICTURE_SUFFIXES as PICTURE_SUFFIXES
from .encode import encode_picture as encode_picture
from .files import list_pictures as list_pictures
from .files import read_picture as read_picture
from .files import save_picture as save_picture
from .files import write_whole as write_whole
from .kernels import KERNELS as KERNELS
from .labels import Label as Label
from .labels import with_label as with_label
from .metadata import Metadata as Metadata
from .picture import Picture as Picture
from .ranges import from_network as from_network
from .ranges import to_network as to_network
from .resampling import downscale as downscale
from .resampling import modcrop as modcrop
from .resampling import resize as resize
