"""Films: every frame through a network, and nothing lost on the way."""

from .job import Settings as Settings
from .region import Region as Region
from .report import Report as Report
from .upscaler import VideoUpscaler as VideoUpscaler
