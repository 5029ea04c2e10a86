"""Two optimisers that Keras takes for one: the generator's and the discriminator's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Self

import keras
from keras import ops

from srkit.errors import ArgumentError
from srkit.types import Tensor


@keras.saving.register_keras_serializable("srkit")
class Players(keras.optimizers.Optimizer):
    """The optimisers of both players, as `model.optimizer`.

    Keras looks at one optimiser: for its variables when it saves, loads and runs on
    JAX, and for its learning rate. As one they are saved whole, none is forgotten and
    none is there that trains nothing. `learning_rate` is the generator's; setting it
    sets the discriminator's too, in the ratio that the two had at first.

    Args:
        generator: The generator's optimiser.
        discriminator: The discriminator's, another object.
        name: Name of the pair.

    Raises:
        ArgumentError: If both are the same object, which would mix up their moments.
    """

    def __init__(
        self,
        generator: keras.optimizers.Optimizer,
        discriminator: keras.optimizers.Optimizer,
        *,
        name: str = "players",
    ) -> None:
        if generator is discriminator:
            raise ArgumentError(
                "Each player must have an optimiser of its own, since it holds the "
                f"moments of its weights. Received: {generator.name!r} twice"
            )
        super().__init__(learning_rate=0.0, name=name)
        self.generator = generator
        self.discriminator = discriminator
        mine, theirs = (
            float(ops.convert_to_numpy(each.learning_rate))
            for each in (generator, discriminator)
        )
        self._ratio = theirs / mine if mine else 1.0
        self._finish: list[Callable[[], None]] = []

    def build_for(self, generator: keras.Model, discriminator: keras.Model) -> None:
        """Makes the moments of both players' weights."""
        self._finish = []
        for optimizer, model in (
            (self.generator, generator),
            (self.discriminator, discriminator),
        ):
            trained = model.trainable_variables
            if not optimizer.built:
                optimizer.build(trained)
            self._finish.append(partial(optimizer.finalize_variable_values, trained))
        self.built = True

    def build(self, variables: list[keras.Variable]) -> None:
        """Refuses: of a mere list it cannot be known whose weights they are."""
        del variables
        raise ArgumentError("The pair must be built by `build_for`")

    @property
    def variables(self) -> list[keras.Variable]:
        """Variables of both, the generator's first."""
        return [*self.generator.variables, *self.discriminator.variables]

    @property
    def iterations(self) -> keras.Variable:
        """Steps that the generator has learnt in."""
        return self.generator.iterations

    @property
    def learning_rate(self) -> Tensor:
        """The generator's learning rate."""
        return self.generator.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.generator.learning_rate = value
        self.discriminator.learning_rate = value * self._ratio

    def save_own_variables(self, store: Any) -> None:
        """Leaves it to the two, which Keras saves as its parts."""

    def load_own_variables(self, store: Any) -> None:
        """Leaves it to the two, which Keras loads as its parts."""

    def finalize_variable_values(self, var_list: list[keras.Variable]) -> None:
        """Lets each put its own averages in, if it keeps any."""
        del var_list  # of both; each knows its own
        for finish in self._finish:
            finish()

    def get_config(self) -> dict[str, Any]:
        """Both, serialised."""
        save = keras.optimizers.serialize
        return {
            "generator": save(self.generator),
            "discriminator": save(self.discriminator),
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Rebuilds both."""
        load = keras.optimizers.deserialize
        return cls(
            load(config["generator"], custom_objects),
            load(config["discriminator"], custom_objects),
            name=config["name"],
        )


def like(optimizer: keras.optimizers.Optimizer) -> keras.optimizers.Optimizer:
    """One of the same settings, with moments of its own."""
    return type(optimizer).from_config(optimizer.get_config())


def scaled(
    optimizer: keras.optimizers.Optimizer, model: keras.Model
) -> keras.optimizers.Optimizer:
    """Scales the loss where the player computes in float16; Keras sees one only."""
    scaling = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    if scaling or "float16" not in {layer.compute_dtype for layer in _layers(model)}:
        return optimizer
    return keras.optimizers.LossScaleOptimizer(optimizer)


def _layers(model: keras.Model) -> Iterable[keras.layers.Layer]:
    for layer in model.layers:
        yield from _layers(layer) if isinstance(layer, keras.Model) else [layer]
