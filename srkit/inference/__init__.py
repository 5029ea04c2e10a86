"""A trained network on pictures of every kind: files, folders, arrays, tensors."""

from .folders import Outcome as Outcome
from .folders import upscale_file as upscale_file
from .folders import upscale_folder as upscale_folder
from .luma import LumaUpscaler as LumaUpscaler
from .upscaler import Upscaler as Upscaler
from .upscaler import upscale as upscale
