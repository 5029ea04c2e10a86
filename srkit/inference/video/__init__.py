"""Films: every frame through a network, and nothing lost on the way."""

from .fusion import Fused as Fused
from .fusion import Fusion as Fusion
from .fusion import fuse as fuse
from .region import Region as Region
from .report import Report as Report
from .settings import Settings as Settings
from .steady import Steady as Steady
from .upscaler import VideoUpscaler as VideoUpscaler
