"""A trained network on pictures of every kind, and on films."""

from .folders import Outcome as Outcome
from .folders import upscale_file as upscale_file
from .folders import upscale_folder as upscale_folder
from .luma import LumaUpscaler as LumaUpscaler
from .upscaler import Upscaler as Upscaler
from .upscaler import upscale as upscale
from .video import Fused as Fused
from .video import Fusion as Fusion
from .video import Region as Region
from .video import Report as Report
from .video import Settings as Settings
from .video import Steady as Steady
from .video import VideoUpscaler as VideoUpscaler
from .video import fuse as fuse
