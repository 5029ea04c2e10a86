"""A network rewritten: its closing layers merged, or all of it for elsewhere."""

from .fusion import fuse_closing_layers as fuse_closing_layers
from .saved_model import export_saved_model as export_saved_model
from .signs import merge_signs as merge_signs
