"""Footage: what the frames of a clip know together."""

from .fusion import Fused as Fused
from .fusion import Fusion as Fusion
from .fusion import fuse as fuse
from .steady import Steady as Steady
