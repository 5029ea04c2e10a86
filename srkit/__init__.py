"""Super-resolution of low-quality pictures with Keras 3.

The face of the package: what the README shows, each loaded on its first touch, so
that `import srkit` costs no TensorFlow.

    srkit.upscale("cam07.png").save("cam07_x4.png")       one picture
    upscaler = srkit.Upscaler.from_preset("edsr_x4")      many pictures
    print(srkit.evaluate("edsr_x4", ["set5"]))            figures and their protocol
    srkit.models.EDSR(scale=4)                            a keras.Model to train
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from srkit import bench as bench
    from srkit import data as data
    from srkit import engine as engine
    from srkit import errors as errors
    from srkit import evaluation as evaluation
    from srkit import export as export
    from srkit import image as image
    from srkit import inference as inference
    from srkit import layers as layers
    from srkit import losses as losses
    from srkit import metrics as metrics
    from srkit import models as models
    from srkit import training as training
    from srkit.evaluation import evaluate as evaluate
    from srkit.inference import LumaUpscaler as LumaUpscaler
    from srkit.inference import Upscaler as Upscaler
    from srkit.inference import VideoUpscaler as VideoUpscaler
    from srkit.inference import upscale as upscale
    from srkit.training import blend as blend

__version__ = "0.1.0"

__all__ = [
    "LumaUpscaler",
    "Upscaler",
    "VideoUpscaler",
    "bench",
    "blend",
    "data",
    "engine",
    "errors",
    "evaluate",
    "evaluation",
    "export",
    "image",
    "inference",
    "layers",
    "losses",
    "metrics",
    "models",
    "training",
    "upscale",
]

_SHORTCUTS = {
    "LumaUpscaler": "srkit.inference",
    "Upscaler": "srkit.inference",
    "VideoUpscaler": "srkit.inference",
    "blend": "srkit.training",
    "evaluate": "srkit.evaluation",
    "upscale": "srkit.inference",
}


def __getattr__(name: str) -> object:
    """Load a public name on its first touch."""
    if name in _SHORTCUTS:
        return getattr(importlib.import_module(_SHORTCUTS[name]), name)
    if name in __all__:
        return importlib.import_module(f"srkit.{name}")
    message = f"module 'srkit' has no attribute {name!r}"
    raise AttributeError(message)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return [*__all__, "__version__"]
