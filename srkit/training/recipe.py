"""The settings of a training run: one frozen object, JSON on disk."""

from __future__ import annotations

import dataclasses
import difflib
import json
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import keras

from srkit import losses, metrics
from srkit.data.preparation import DOWNSIZES
from srkit.engine.precision import PRECISIONS, policy
from srkit.errors import ArgumentError
from srkit.training import schedules
from srkit.training.keep import told
from srkit.training.typed import check_types

if TYPE_CHECKING:
    from srkit.training.run import Run

LOSSES = ("l1", "l2", "charbonnier", "l1+fft", "consistency", "edges")
SCHEDULES = ("cosine", "halving", "constant", "plateau")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How a network is trained; with the same data it gives the same network again.

    The defaults are those of a small EDSR: L1, Adam, a warm-up, half a cosine.

    Args:
        network: Name of a class in `srkit.models`.
        options: Arguments of its constructor beside `scale` and `dtype`.
        scale: Factor between LR and HR.
        data: Folders or names of data sets with HR pictures.
        lr: Folders with LR pictures, paired by sorted name; made from HR if empty.
        kernel: How LR is made from HR.
        degradation: What else is done to LR, "cctv" for instance; see
            `srkit.data.degradations`.
        downsizes: Factors by which HR is first shrunk, one picked at random; with `lr`
            none is.
        crop: Side of a training crop in HR pixels.
        batch_size: Crops in a step.
        steps: Length of the training.
        steps_per_epoch: Steps between two validations.
        loss: One of `LOSSES`.
        learning_rate: The highest rate.
        schedule: One of `SCHEDULES`; "halving" halves four times, "plateau" divides by
            10 after ten epochs without a better figure; a resumed run counts anew.
        warmup: Steps of linear rise at the start of "cosine".
        clip: Largest norm of a step's gradient; 0 for no limit.
        ema: Decay of the averaged weights; 0 for none.
        seed: Start of all random numbers.
        precision: "auto", "bfloat16" or "float32".
        xla: Compile the step with XLA.
        deterministic: Same weights bit for bit, interrupted or not.
        initial: Preset whose fitting layers the network starts from.

    Raises:
        ArgumentError: If a setting is out of its range.
    """

    network: str = "EDSR"
    options: dict[str, Any] = field(default_factory=dict)
    scale: int = 4
    data: tuple[str, ...] = ()
    lr: tuple[str, ...] = ()
    kernel: str = "bicubic"
    degradation: str | None = None
    downsizes: tuple[float, ...] = DOWNSIZES
    crop: int = 192
    batch_size: int = 16
    steps: int = 20_000
    steps_per_epoch: int = 1000
    loss: str = "l1"
    learning_rate: float = 5e-4
    schedule: str = "cosine"
    warmup: int = 500
    clip: float = 1.0
    ema: float = 0.999
    seed: int = 0
    precision: str = "auto"
    xla: bool = False
    deterministic: bool = False
    initial: str | None = None

    def __post_init__(self) -> None:
        for name in ("data", "lr"):
            value = getattr(self, name)
            several = (value,) if isinstance(value, str) else value
            object.__setattr__(self, name, several)
        check_types(self)
        for name, known in (
            ("loss", LOSSES),
            ("schedule", SCHEDULES),
            ("precision", PRECISIONS),
        ):
            if getattr(self, name) not in known:
                raise ArgumentError(
                    f"`{name}` must be one of {', '.join(known)}. "
                    f"Received: {getattr(self, name)!r}"
                )
        for name in ("steps", "steps_per_epoch", "learning_rate"):
            if not getattr(self, name) > 0:
                raise ArgumentError(
                    f"`{name}` must be above 0. Received: {getattr(self, name)}"
                )
        if not 0 <= self.seed < 2**32:
            raise ArgumentError(
                f"`seed` must be from 0 to 2**32 - 1. Received: {self.seed}"
            )

    @property
    def dtype(self) -> str:
        """Keras's dtype policy for the network."""
        return policy(self.precision)

    @property
    def epochs(self) -> int:
        """Epochs that hold all steps; the last may be cut short."""
        return -(-self.steps // self.steps_per_epoch)

    def compile(self, model: keras.Model) -> None:
        """Gives a network its optimiser, loss and metric.

        Raises:
            ArgumentError: If the warm-up is as long as the training.
        """
        model.compile(
            optimizer=keras.optimizers.Adam(
                self._rate(), global_clipnorm=self.clip or None
            ),
            loss=self._loss(),
            metrics=[metrics.PSNR(shave=self.scale, kernel=self.lr_made)],
            jit_compile=self.xla,
        )

    def card(self, *, command: str = "") -> Any:
        """Writer of the card of this run's presets, for `callbacks(card=...)`."""

        def write(run: Run, figures: dict[str, float]) -> str:
            title = f"{self.network} x{self.scale}"
            return _card(title, self, command=command, run=run, figures=figures)

        return write

    def to_json(self) -> str:
        """The recipe as JSON, one setting a line."""
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, *, base: Self | None = None) -> Self:
        """Reads what `to_json` wrote, or a part of it written by hand.

        Args:
            text: A JSON object of settings.
            base: What holds where the text says nothing, within an object of settings
                too; the usual settings if None.

        Raises:
            ArgumentError: If it is no JSON object, or a setting is unknown.
        """
        try:
            values = dict(json.loads(text))
        except (ValueError, TypeError) as error:
            raise ArgumentError(
                f"A recipe must be a JSON object. Received: {text:.40}"
            ) from error
        known = [each.name for each in dataclasses.fields(cls)]
        for name in values:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"Did you mean {near[0]!r}?" if near else ", ".join(known)
                raise ArgumentError(f"A recipe has no setting {name!r}. {hint}")
        joined = {k: _joined(getattr(base, k, None), v) for k, v in values.items()}
        return dataclasses.replace(base or cls(), **joined)

    @property
    def lr_made(self) -> str:
        """How the LR of training is made, as one word for the protocol."""
        kernel = "given" if self.lr else self.kernel
        if self.degradation is None:
            return kernel
        from srkit.data.degradations import find_degradation  # OpenCV takes a while

        found = find_degradation(self.degradation)
        return found.word if found.from_hr else f"{kernel}+{found.word}"

    def _rate(self) -> Any:
        if self.schedule == "cosine":
            return schedules.cosine(
                self.learning_rate, steps=self.steps, warmup=self.warmup
            )
        if self.schedule == "halving":
            return schedules.halving(self.learning_rate, every=max(1, self.steps // 5))
        return self.learning_rate

    def _loss(self) -> keras.losses.Loss:
        made = {
            "l1": keras.losses.MeanAbsoluteError,
            "l2": keras.losses.MeanSquaredError,
            "charbonnier": losses.Charbonnier,
            "edges": losses.EdgeWeighted,
            "l1+fft": lambda: losses.WeightedSum(
                [("mae", 1.0), (losses.FrequencyLoss(), 0.05)]
            ),
            "consistency": partial(
                losses.Consistency, scale=self.scale, kernel=self.kernel
            ),
        }
        return made[self.loss]()


def _joined(old: Any, new: Any) -> Any:
    """A setting from JSON: a list as a tuple, an object on top of the base's."""
    if isinstance(new, list):
        return tuple(new)
    is_part = isinstance(old, dict) and isinstance(new, dict)
    return {**old, **new} if is_part else new


def _card(
    title: str, recipe: Recipe, *, command: str, run: Run, figures: dict[str, float]
) -> str:
    parts = [
        f"# {title}",
        f"Trained by srkit for {run.step:,} of {recipe.steps:,} steps "
        f"({run.seconds / 60:.0f} minutes).",
        *told(run, figures),
        f"Training data: {', '.join(recipe.data) or 'not named'}. Their licences apply "
        "to what is learnt from them; this card claims none.",
        *([f"```\n{command}\n```"] if command else []),
        f"```json\n{recipe.to_json()}```",
    ]
    return "\n\n".join(parts) + "\n"
