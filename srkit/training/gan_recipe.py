"""The settings of a training in two stages."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import keras

from srkit import losses, metrics
from srkit.errors import ArgumentError
from srkit.layers.features import NETWORKS
from srkit.training import schedules
from srkit.training.adversarial import AdversarialTrainer
from srkit.training.recipe import Recipe

ADVERSARIAL = {
    "vanilla": losses.Vanilla,
    "saturating": lambda: losses.Vanilla(saturating=True),
    "relativistic": losses.RelativisticAverage,
    "least-squares": losses.LeastSquares,
}
"""Names of the adversarial terms."""
CONTENT: dict[str, dict[str, Any]] = {
    "vgg54": {"layers": "vgg54"},
    "vgg22": {"layers": "vgg22"},
    "esrgan": {"before_activation": True, "distance": "l1"},
    "vgg34": {
        "layers": "block5_conv4",
        "before_activation": True,
        "feature_scale": 1.0,
    },
}
"""Content losses by name: arguments of `VGG19Content` beside `weights`."""

_OF_BOTH = {
    *("network", "options", "scale", "data", "lr", "kernel", "degradation"),
    *("crop", "batch_size", "steps_per_epoch", "seed"),
}
"""Settings of network and data, which are made once for both stages."""


@dataclass(frozen=True, kw_only=True)
class GanRecipe(Recipe):
    """How a generator is trained on pixels first, and then against a discriminator.

    All that `Recipe` names is of the second stage, `loss` its pixel term, and holds for
    the first as well but for what `pretraining` says otherwise. The defaults are
    SRGAN's.

    Args:
        pretraining: Settings of the first stage that differ; `steps` 0 leaves it out,
            for a generator that comes trained (`initial`).
        discriminator: Name of a class in `srkit.models`.
        discriminator_options: Arguments of its constructor beside `size` and `dtype`.
        adversarial: One of `ADVERSARIAL`.
        adversarial_weight: Factor on the generator's adversarial term.
        content: One of `CONTENT`, a feature network of `srkit.layers.features`, or
            "none".
        content_options: Arguments of `VGG19Content` that differ, `layers` for instance.
        content_weights: Path of the feature network's weights; those of Keras if None.
        content_weight: Factor on the content loss.
        pixel_weight: Factor on the pixel term; 0 for none.
        milestones: Shares of the steps after which the rate is multiplied by `factor`;
            without any, `schedule` holds.
        factor: See `milestones`.
        beta_2: Of Adam.
        discriminator_warmup: Steps in which only the discriminator learns.
        stop_when_ill: End the run at the first thing that the doctor says.

    Raises:
        ArgumentError: If a setting is out of its range.

    Source:
        Ledig et al., SRGAN, CVPR 2017, section 3.2: 1e-4 for 1e5 steps, then 1e-5.
    """

    network: str = "SRResNet"
    crop: int = 96
    steps: int = 200_000
    loss: str = "l2"
    learning_rate: float = 1e-4
    schedule: str = "constant"
    warmup: int = 0
    clip: float = 0.0
    pretraining: dict[str, Any] = field(default_factory=lambda: {"steps": 100_000})
    discriminator: str = "SRGANDiscriminator"
    discriminator_options: dict[str, Any] = field(default_factory=dict)
    adversarial: str = "vanilla"
    adversarial_weight: float = 1e-3
    content: str = "vgg54"
    content_options: dict[str, Any] = field(default_factory=dict)
    content_weights: str | None = None
    content_weight: float = 1.0
    pixel_weight: float = 0.0
    milestones: tuple[float, ...] = (0.5,)
    factor: float = 0.1
    beta_2: float = 0.999
    discriminator_warmup: int = 0
    stop_when_ill: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, known in (
            ("adversarial", ADVERSARIAL),
            ("content", {**CONTENT, **NETWORKS, "none": None}),
        ):
            if getattr(self, name) not in known:
                raise ArgumentError(
                    f"`{name}` must be one of {', '.join(known)}. "
                    f"Received: {getattr(self, name)!r}"
                )
        self._check_rates()
        if self.content == "none" and not self.pixel_weight:
            raise ArgumentError(
                "`content` or `pixel_weight` must tie the result to the original. "
                "Received: content='none' and pixel_weight=0; set pixel_weight=1"
            )

    @property
    def first(self) -> Recipe | None:
        """The first stage; None if there is none."""
        own = {f.name: getattr(self, f.name) for f in dataclasses.fields(Recipe)}
        unknown = sorted(self.pretraining.keys() - own.keys())
        if unknown:
            raise ArgumentError(f"`pretraining` has no setting {unknown[0]!r}")
        shared = sorted(self.pretraining.keys() & _OF_BOTH)
        if shared:
            raise ArgumentError(
                f"`pretraining` must leave {shared[0]!r} to the recipe: both stages "
                f"train one network on the same data. Received: {self.pretraining}"
            )
        if self.pretraining.get("steps", 1) == 0:
            return None
        return Recipe(**{**own, **self.pretraining})

    def opponents(
        self, generator: keras.Model, discriminator: keras.Model
    ) -> AdversarialTrainer:
        """Joins the players under this recipe's losses."""
        return AdversarialTrainer(
            generator=generator,
            discriminator=discriminator,
            content_loss=self._content(),
            adversarial_loss=ADVERSARIAL[self.adversarial](),
            pixel_loss=self._loss() if self.pixel_weight else None,
            content_weight=self.content_weight,
            adversarial_weight=self.adversarial_weight,
            pixel_weight=self.pixel_weight,
            discriminator_warmup=self.discriminator_warmup,
        )

    def compile(self, model: keras.Model) -> None:
        """Gives both players their optimisers, of the same settings."""
        adam = keras.optimizers.Adam(
            self._rate(), beta_2=self.beta_2, global_clipnorm=self.clip or None
        )
        model.compile(
            adam,
            metrics=[metrics.PSNR(shave=self.scale, kernel=self.lr_made)],
            jit_compile=self.xla or keras.backend.backend() == "jax",
        )

    def _check_rates(self) -> None:
        """Lets a wrong rate of either stage show at once, not after the first one."""
        at = [round(share * self.steps) for share in self.milestones]
        inside = all(0 < share < 1 for share in self.milestones)
        if not inside or sorted({*at}) != at:
            raise ArgumentError(
                "`milestones` must be rising shares of the steps, between 0 and 1, and "
                f"far enough apart. Received: {self.milestones} of {self.steps} steps"
            )
        if self.milestones and self.schedule != "constant":
            raise ArgumentError(
                "`milestones` and `schedule` must not both change the rate; take "
                f"milestones=() for {self.schedule!r}. Received: {self.milestones}"
            )
        for stage in filter(None, (self.first, self)):
            stage._rate()

    def _rate(self) -> Any:
        if not self.milestones:
            return super()._rate()
        steps = [round(share * self.steps) for share in self.milestones]
        return schedules.multistep(self.learning_rate, at=steps, factor=self.factor)

    def _content(self) -> keras.losses.Loss | None:
        if self.content == "none":
            return None
        named = CONTENT.get(self.content, {"network": self.content})
        options = {**named, **self.content_options}
        if self.content_weights:
            options["weights"] = self.content_weights
        return losses.VGG19Content(**options)
