"""Adversarial training as one Keras model: SRGAN, ESRGAN and their kin."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import keras

from srkit.errors import ArgumentError
from srkit.export import export_saved_model
from srkit.losses import Vanilla
from srkit.training import learning, signals
from srkit.training.guard import SkipGuard
from srkit.training.players import Players, like, scaled
from srkit.types import Tensor


@keras.saving.register_keras_serializable("srkit")
class AdversarialTrainer(keras.Model):
    """A generator and the discriminator that it must deceive, trained in one step.

    The loss objects make it one method or another: SRGAN is `VGG19Content` and
    `Vanilla`, ESRGAN takes `RelativisticAverage` and a little L1, the CCTV paper's GAN
    the pixel loss and `Vanilla`. Called, saved and exported it is its generator's
    doors: LR in, SR out. It runs on the TensorFlow and JAX backends of Keras. `fit`
    marks the generator, whose cards and results then say that its detail is invented.

    A step in which either player's loss or gradients are not finite changes nothing
    and is counted as `skipped`; after `max_skipped` in a row `fit` ends with advice,
    the last good weights in place. Start from a generator that was trained on pixels.

    Shape:
        `fit` and `evaluate` take batches ``(lr, hr)``, NHWC in [-1, 1].

    Args:
        generator: A `SuperResolver`, or any model that carries its `scale`.
        discriminator: From HR pictures to logits, ``(N, 1)`` or a map.
        content_loss: `loss(hr, sr)` on features, such as `VGG19Content`; None for none.
        adversarial_loss: One of `srkit.losses`: `Vanilla`, `RelativisticAverage`,
            `LeastSquares`.
        pixel_loss: Loss on pixels, or its Keras name; None for none.
        content_weight: Factor on the content loss.
        adversarial_weight: Factor on the adversarial term.
        pixel_weight: Factor on the pixel loss.
        discriminator_warmup: Steps at the start in which only the discriminator
            learns.
        max_skipped: Steps in a row that may be skipped.
        name: Name of the model.

    Raises:
        ArgumentError: If a weight is negative, if no loss ties SR to HR, if a player
            is not built, or the generator has no `scale`.

    Source:
        Ledig et al., SRGAN, CVPR 2017, equations 3 to 6 (weights 1 and 1e-3); Wang et
        al., ESRGAN, 2018, equation 3.
    """

    def __init__(
        self,
        *,
        generator: keras.Model,
        discriminator: keras.Model,
        content_loss: keras.losses.Loss | None = None,
        adversarial_loss: Any = None,
        pixel_loss: Any = None,
        content_weight: float = 1.0,
        adversarial_weight: float = 1e-3,
        pixel_weight: float = 1.0,
        discriminator_warmup: int = 0,
        max_skipped: int = 10,
        name: str = "adversarial_trainer",
    ) -> None:
        super().__init__(name=name)
        self.generator = generator
        self.discriminator = discriminator
        self.content_loss = content_loss
        self.adversarial_loss = adversarial_loss or Vanilla()
        self.pixel_loss = keras.losses.get(pixel_loss)
        self.weights_of_terms = {
            "content": content_weight,
            "adversarial": adversarial_weight,
            "pixel": pixel_weight,
        }
        self.discriminator_warmup = discriminator_warmup
        self.max_skipped = max_skipped
        self.training_data: Any = None
        self._check()
        self.scale = int(generator.scale)
        self.channels = generator.input_shape[-1]
        losses = {name: getattr(self, f"{name}_loss") for name in self.weights_of_terms}
        terms = [name for name, loss in losses.items() if loss is not None]
        self.trackers = signals.trackers(terms, channels=self.channels)
        self.built = True

    def compile(
        self,
        optimizer: Any = None,
        *,
        discriminator_optimizer: Any = None,
        metrics: Any = None,
        jit_compile: bool | str = "auto",
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
    ) -> None:
        """Gives the players their optimisers.

        Args:
            optimizer: The generator's, or its Keras name; Adam at 1e-4 if None. Or
                both, as `Players`.
            discriminator_optimizer: The discriminator's; one like the generator's if
                None.
            metrics: As in Keras, on HR and SR.
            jit_compile: Compile the step with XLA; "auto" where there is a GPU, and on
                JAX.
            run_eagerly: As in Keras.
            steps_per_execution: As in Keras.
        """
        if not isinstance(optimizer, Players):
            mine = keras.optimizers.get(optimizer or keras.optimizers.Adam(1e-4))
            theirs = keras.optimizers.get(discriminator_optimizer or like(mine))
            optimizer = Players(
                scaled(mine, self.generator), scaled(theirs, self.discriminator)
            )
        optimizer.build_for(self.generator, self.discriminator)
        super().compile(
            optimizer=optimizer,
            metrics=metrics,
            jit_compile=jit_compile,
            run_eagerly=run_eagerly,
            steps_per_execution=steps_per_execution,
            auto_scale_loss=False,  # each player's own precision has decided
        )

    def fit(
        self,
        x: Any = None,
        *args: Any,
        callbacks: Iterable[keras.callbacks.Callback] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Trains as `keras.Model.fit` does; ends when steps are skipped in a row.

        Raises:
            DivergedError: If more than `max_skipped` steps in a row were skipped.
        """
        self.training_data = x
        if self.weights_of_terms["adversarial"]:
            self.generator.adversarial = "trained against a discriminator"
        self.generator.origin = ""
        # First, so that what is kept has not yet counted the step.
        listed = [*(callbacks or ())]
        guards = [SkipGuard(self.max_skipped, listed), *listed]
        return super().fit(x, *args, callbacks=guards, **kwargs)

    def call(self, inputs: Tensor, *, training: bool = False) -> Tensor:
        """Enlarges pictures."""
        return self.generator(inputs, training=training)

    def train_step(self, *given: Any) -> Any:
        """One step of both players: (data) on TensorFlow, (state, data) on JAX."""
        if keras.backend.backend() == "jax":
            return learning.jax_step(self, *given)
        return learning.tensorflow_step(self, *given)

    def test_step(self, *given: Any) -> Any:
        """Measures a batch, in the form that the backend's `evaluate` wants."""
        if keras.backend.backend() == "jax":
            return learning.jax_test(self, *given)
        return learning.measure(self, *given)

    def export(self, filepath: str | Path, **options: Any) -> Path:
        """Writes the generator as a SavedModel: uint8 in, uint8 out, any size.

        Args:
            filepath: Folder to write.
            **options: More for `srkit.export.export_saved_model`.
        """
        return export_saved_model(self.generator, filepath, **options)

    @property
    def settings(self) -> dict[str, Any]:
        """What a resumed run must share beside generator, weights and optimisers."""
        config = {**self.get_config(), "discriminator": _config(self.discriminator)}
        return {name: v for name, v in config.items() if name != "generator"}

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, players and losses serialised."""
        save = keras.saving.serialize_keras_object
        weights = {f"{k}_weight": value for k, value in self.weights_of_terms.items()}
        return {
            "generator": save(self.generator),
            "discriminator": save(self.discriminator),
            "content_loss": save(self.content_loss),
            "adversarial_loss": save(self.adversarial_loss),
            "pixel_loss": save(self.pixel_loss),
            **weights,
            "discriminator_warmup": self.discriminator_warmup,
            "max_skipped": self.max_skipped,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Rebuilds it from `get_config`."""
        made = {
            name: keras.saving.deserialize_keras_object(value, custom_objects)
            for name, value in config.items()
            if isinstance(value, dict)
        }
        return cls(**{**config, **made})

    def compile_from_config(self, config: dict[str, Any]) -> None:
        """Compiles as it was before it was saved."""
        found = keras.saving.deserialize_keras_object(config)
        for name in ("loss", "loss_weights", "weighted_metrics"):
            found.pop(name)  # Keras's own, which this model has no use for
        self.compile(**found)

    def _check(self) -> None:
        weights = {f"{k}_weight": value for k, value in self.weights_of_terms.items()}
        counts = ("discriminator_warmup", "max_skipped")
        least = {**weights, **{name: getattr(self, name) for name in counts}}
        for name, value in least.items():
            if not value >= 0:
                raise ArgumentError(f"`{name}` must be at least 0. Received: {value}")
        if self.content_loss is None and self.pixel_loss is None:
            raise ArgumentError(
                "`content_loss` or `pixel_loss` must be given: nothing else ties the "
                "result to its original. Received: None for both"
            )
        if not hasattr(self.generator, "scale"):
            raise ArgumentError(
                "`generator` must carry its `scale`: `model.scale = 4`. Received: none"
            )
        for name in ("generator", "discriminator"):
            model = getattr(self, name)
            if not (model.built and model.trainable_variables):
                raise ArgumentError(
                    f"`{name}` must be built and have weights to train: call it on a "
                    f"batch. Received: {model.name!r}"
                )


def _config(model: keras.Model) -> dict[str, Any]:
    """What tells a model from another; of a plain graph its number of layers."""
    config = model.get_config()
    return {"layers": len(config["layers"])} if "layers" in config else config
