"""Known data sets: what they are, TensorFlow Datasets builders, and folders of them."""

from __future__ import annotations

from .base import builder as builder
from .catalog import FOREIGN_SETS as FOREIGN_SETS
from .catalog import PICTURE_SETS as PICTURE_SETS
from .descriptors import Archive as Archive
from .descriptors import PictureSet as PictureSet
from .descriptors import Split as Split
from .fetching import fetch as fetch
