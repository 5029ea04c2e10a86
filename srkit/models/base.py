"""What every network is, beyond a Keras model."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import keras

from srkit.errors import ArgumentError, PresetError
from srkit.image import Label
from srkit.models import presets
from srkit.types import Tensor

_REMARK = (
    "This network was {}: the fine detail of its results is likely, not seen. Faces, "
    "letters and number plates in them are inventions and prove nothing; for evidence "
    "take a network trained on pixels alone. The files that srkit writes say so."
)
_ADVERSARIAL = "adversarial.txt"


class Network(keras.Model):
    """Abstract base of all networks: a functional graph that knows its options.

    A subclass builds the graph in its constructor and ends with
    ``super().__init__(inputs, outputs, name=name, option=option, ...)``, where it names
    all its options but `dtype`: they become attributes, and `get_config` gives them.
    The policy is that of the layer `head`.
    """

    channels: int
    """Channels of the pictures: 3 for RGB, 1 for luma."""

    def __init__(
        self, inputs: Tensor, outputs: Tensor, *, name: str, **options: Any
    ) -> None:
        super().__init__(inputs=inputs, outputs=outputs, name=name)
        self.options = options
        for option, value in options.items():
            setattr(self, option, value)

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        policy = self.get_layer("head").dtype_policy.name
        return {**self.options, "dtype": policy, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Rebuilds the network from `get_config`."""
        del custom_objects  # the class itself knows all that its config names
        return cls(**config)


class SuperResolver(Network):
    """Abstract base of the networks that enlarge pictures by a whole factor.

    It is a plain `keras.Model` otherwise: `compile`, `fit`, `save` and `export` are
    Keras's. Pictures are float32, NHWC, in [-1, 1], for LR and SR alike.
    """

    scale: int
    """Factor by which height and width grow."""
    radius: int | None
    """LR pixels on each side that can change one output pixel; None if all can."""

    adversarial: str = ""
    """How it was trained adversarially, "trained against a discriminator"; empty if it
    never was. `AdversarialTrainer` and `blend` write it, presets and `.keras` files
    keep it, and so does training on pixels afterwards: no figure tells when what a
    network learnt to invent is gone."""
    origin: str = ""
    """The preset that its weights are; empty once they are trained further."""

    training_data: Any = None
    """What `fit` was last given, so that a checkpoint can keep the data's position."""

    def __init__(
        self, lr: Tensor, sr: Tensor, *, radius: int | None, name: str, **options: Any
    ) -> None:
        super().__init__(lr, sr, name=name, **options)
        self.radius = radius

    def fit(self, x: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Trains as `keras.Model.fit` does, and remembers the data for checkpoints."""
        self.training_data = x
        self.origin = ""
        return super().fit(x, *args, **kwargs)

    def label(self, factor: float) -> Label | None:
        """What the file of a result must say; None for networks that invent nothing.

        Args:
            factor: How much larger the result is.
        """
        if not self.adversarial:
            return None
        system = f"srkit with {self.origin or self.name}"
        sentence = (
            f"Enlarged x{factor:.3g} by {system}, {self.adversarial}: its fine detail "
            "is likely, not seen, and proves nothing."
        )
        return Label(system=system, sentence=sentence)

    def save_assets(self, dir_path: str) -> None:
        """Puts into a `.keras` file what neither weights nor config hold."""
        if self.adversarial:
            text = Path(dir_path) / _ADVERSARIAL
            text.write_text(self.adversarial, encoding="utf-8")

    def load_assets(self, dir_path: str | None) -> None:
        """Reads what `save_assets` wrote."""
        text = Path(dir_path or "") / _ADVERSARIAL
        if dir_path and text.is_file():
            self.adversarial = text.read_text(encoding="utf-8")

    @classmethod
    def from_preset(cls, preset: str | Path, **overrides: Any) -> Self:
        """Loads a trained network by name, or from a folder.

        Args:
            preset: Name of a preset in the box, or the folder of one.
            **overrides: Constructor arguments to change, `dtype` for instance.

        Returns:
            The network with its trained weights.

        Raises:
            PresetNotFoundError: If there is no such name or folder.
            PresetError: If the preset is of another class, its config is not that
                class's, or its weights are damaged.
        """
        found = presets.find(preset)
        network = found.network_class()
        if not issubclass(network, cls):
            raise PresetError(
                f"`preset` must hold a network of class {cls.__name__}. Received: "
                f"{found.name!r}, which holds {found.class_name}. "
                f"Use srkit.models.{found.class_name}.from_preset."
            )
        return found.load(network, overrides)

    def save_preset(
        self, folder: str | Path, *, card: str = "", description: str = ""
    ) -> Path:
        """Writes the network as a preset: config, weights with checksum, card.

        Args:
            folder: Where to; its last part is the preset's name.
            card: Text of the card, Markdown: data, recipe, figures, licence. Below its
                title comes what invented detail means, if the network invents.
            description: One line for `srkit presets`.

        Returns:
            The folder.

        Raises:
            OutputError: If it cannot be written.
        """
        if self.adversarial:
            card = _remarked(card, _REMARK.format(self.adversarial))
        return presets.save(self, Path(folder), card=card, description=description)


def _remarked(card: str, remark: str) -> str:
    """The card with a remark below its title, once."""
    title, _, rest = card.replace(f"{remark}\n", "").partition("\n\n")
    parts = (part.strip("\n") for part in (title, remark, rest))
    return "\n\n".join(part for part in parts if part) + "\n"


def check_options(*, scale: int, **counts: int) -> None:
    """Refuses factors that sub-pixel layers are not built for, and empty networks."""
    if not isinstance(scale, int) or scale not in (2, 3, 4):
        raise ArgumentError(f"`scale` must be 2, 3 or 4. Received: scale={scale}")
    check_counts(**counts)


def check_counts(**counts: int) -> None:
    """Refuses networks without layers, or layers without features."""
    for name, count in counts.items():
        if not isinstance(count, int) or count < 1:
            raise ArgumentError(
                f"`{name}` must be a whole number, at least 1. Received: {count}"
            )
