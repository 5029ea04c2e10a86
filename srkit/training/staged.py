"""Two stages in one folder: on pixels, then against a discriminator."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srkit.errors import ArgumentError, ResumeError
from srkit.training import session
from srkit.training.doctor import TrainingDoctor
from srkit.training.settings import first_difference
from srkit.training.storage import replacing

if TYPE_CHECKING:
    import keras

    from srkit.training.gan_recipe import GanRecipe


def train_stages(
    generator: keras.Model,
    discriminator: keras.Model,
    data: Any,
    recipe: GanRecipe,
    directory: str | Path,
    *,
    doctor: TrainingDoctor | None = None,
    more: Iterable[keras.callbacks.Callback] = (),
    **options: Any,
) -> Path:
    """Trains a generator by both stages of a recipe; called again, it goes on.

    The folder holds the runs `pretraining/` and `adversarial/`, each as
    `srkit.training.train` writes it, and the whole recipe. The second stage starts
    from the averaged weights at the end of the first, on batches that the first has
    not seen. A stage that is done is not done again; the call goes on where it was
    stopped, in either.

    Args:
        generator: The network, not compiled.
        discriminator: Its opponent.
        data: Batches of pairs, of `srkit.data.pairs` or `PatchSequence`.
        recipe: How to train.
        directory: Folder of the run.
        doctor: Watches the second stage; one that ends it as the recipe says if None.
        more: Callbacks of your own, in both stages.
        **options: More for `train`: `validation`, `command`, `checkpoint_every`.

    Returns:
        Folder of the best preset of the last stage: that of the least content loss.

    Raises:
        KeyboardInterrupt: If a signal stopped it.
        ArgumentError: If the discriminator is not for the recipe's crops.
        ResumeError: If the directory holds a run of another configuration.
        DivergedError: If the figures are no longer numbers.
        OutputError: If the directory cannot be written.
    """
    folder = Path(directory)
    trainer = recipe.opponents(generator, discriminator)  # what is missing shows now
    _check_size(discriminator, recipe.crop)
    _claim(folder, recipe)
    first = recipe.first
    if first is not None:
        session.train(
            generator, data, first, folder / "pretraining", more=more, **options
        )
        # Whole epochs, so that those of the second stage end where the data's do.
        options = {"first_batch": first.epochs * first.steps_per_epoch, **options}
    doctor = doctor or TrainingDoctor(stop=recipe.stop_when_ill)
    if trainer.content_loss is not None:
        # PSNR would choose the first weights, those least changed by the opponent.
        options = {"monitor": "content_loss", **options}
    return session.train(
        trainer, data, recipe, folder / "adversarial", more=[doctor, *more], **options
    )


def _check_size(discriminator: keras.Model, crop: int) -> None:
    """Refuses before the first stage what would end the second at its first step."""
    shape: tuple[Any, ...] = getattr(discriminator, "input_shape", ())
    if any(side not in (None, crop) for side in shape[1:3]):
        raise ArgumentError(
            f"`discriminator` must be built for crops of {crop} pixels, as `recipe` "
            f"says. Received: {discriminator.name!r} for {shape[1]} x {shape[2]}"
        )


def _claim(folder: Path, recipe: GanRecipe) -> None:
    """Writes the recipe down, or finds that the folder is another's.

    Under a rate that is constant throughout, `steps` may have changed, by which the
    last stage is made longer. Any other rate would have been another from the start.
    """
    path = folder / "recipe.json"
    own = "steps" in recipe.pretraining and recipe.schedule == "constant"
    free = {"steps": None} if own and not recipe.milestones else {}
    wanted = {**json.loads(recipe.to_json()), **free}
    try:
        stored = {**json.loads(path.read_text()), **free}
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise ResumeError(f"{path} cannot be read: {error}") from error
    else:
        difference = first_difference(stored, wanted)
        if difference:
            raise ResumeError(
                f"{folder} holds a run with other settings: {difference}. Use the same "
                "ones to resume it, or another directory."
            )
    with replacing(path) as file:
        file.write(recipe.to_json().encode())
