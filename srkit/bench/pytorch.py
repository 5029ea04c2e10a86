"""Networks of srkit's as PyTorch runs them: the yardstick of `srkit bench`.

The same networks with the weights copied over. A picture is enlarged as the usual
tools do: OpenCV reads the file, the whole of it goes through in float32, contiguous
NCHW, OpenCV writes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import keras

from srkit.bench.twins import reorder, torch, twin
from srkit.layers import PixelShuffle


def mirror(model: keras.Model) -> Any:
    """Builds a functional model in PyTorch, layer by layer, with its weights.

    Returns:
        A module of tensors ``(N, C, h, w)``, in [-1, 1]; of several outputs the first.

    Raises:
        MissingExtraError: If PyTorch is not installed.
        ArgumentError: If `model` has a layer without a twin.
    """
    made: dict[int, Any] = {}
    steps: list[tuple[Any, list[int], int]] = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.InputLayer):
            continue
        sources = [id(tensor) for tensor in keras.tree.flatten(layer.input)]
        if isinstance(layer, PixelShuffle):
            reorder(made[sources[0]][0], layer.scale)
        made[id(layer.output)] = twin(layer)
        steps.append((made[id(layer.output)], sources, id(layer.output)))
    return _module(steps, start=id(model.inputs[0]), end=id(model.outputs[0]))


def file_to_file(network: Callable[[Any], Any]) -> Callable[[Path, Path], None]:
    """What the usual tools do with a picture file, as a function of two paths."""
    module = torch()

    @module.inference_mode()
    def run(source: Path, target: Path) -> None:
        read: Any = cv2.imread(str(source))
        image = cv2.cvtColor(read, cv2.COLOR_BGR2RGB)
        values = module.from_numpy(image).permute(2, 0, 1).contiguous()
        sr = network(values[None].float() / 127.5 - 1)[0]
        levels = ((sr.clamp(-1, 1) + 1) * 127.5).round().byte()
        pixels = levels.permute(1, 2, 0).contiguous().numpy()
        cv2.imwrite(str(target), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))

    return run


def _module(steps: list[tuple[Any, list[int], int]], *, start: int, end: int) -> Any:
    """A module that goes through the steps, and keeps no tensor that it has done with.

    Args:
        steps: For each layer its twin, where its inputs come from, and its own number.
        start: Number of the input.
        end: Number of the output.
    """
    nn = torch().nn
    last = {
        source: number
        for number, (_, sources, _) in enumerate(steps)
        for source in sources
    }

    class Mirror(nn.Module):  # type: ignore[name-defined]  # - made once it is called
        def __init__(self) -> None:
            super().__init__()
            twins = [each for each, _, _ in steps if isinstance(each, nn.Module)]
            self.twins = nn.ModuleList(twins)

        def forward(self, x: Any) -> Any:
            held = {start: x}
            for number, (each, sources, target) in enumerate(steps):
                held[target] = each(*(held[source] for source in sources))
                for source in set(sources):
                    if last[source] == number:
                        del held[source]
            return held[end]

    return Mirror()
