"""Films: every frame through a network, and nothing lost on the way."""

from .region import Region as Region
from .report import Report as Report
from .settings import Settings as Settings
from .upscaler import VideoUpscaler as VideoUpscaler
