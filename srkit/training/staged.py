"""Two stages in one folder: on pixels, then against a discriminator."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srkit.errors import ResumeError
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
    more: Iterable[keras.callbacks.Callback] = (),
    **options: Any,
) -> Path:
    """Trains a generator by both stages of a recipe; called again, it goes on.

    The folder holds the runs `pretraining/` and `adversarial/`, each as
    `srkit.training.train` writes it, and the whole recipe. The second stage starts
    from the averaged weights at the end of the first. A stage that is done is not done
    again; the call goes on where it was stopped, in either.

    Args:
        generator: The network, not compiled.
        discriminator: Its opponent.
        data: Batches of pairs, of `srkit.data.pairs` or `PatchSequence`.
        recipe: How to train.
        directory: Folder of the run.
        more: Callbacks of your own, in both stages.
        **options: More for `train`: `validation`, `command`, `checkpoint_every`.

    Returns:
        Folder of the best preset of the last stage: that of the least content loss.

    Raises:
        KeyboardInterrupt: If a signal stopped it.
        ResumeError: If the directory holds a run of another configuration.
        DivergedError: If the figures are no longer numbers.
        OutputError: If the directory cannot be written.
    """
    folder = Path(directory)
    trainer = recipe.opponents(generator, discriminator)  # what is missing shows now
    _claim(folder, recipe)
    if recipe.first is not None:
        session.train(
            generator, data, recipe.first, folder / "pretraining", more=more, **options
        )
    doctor = TrainingDoctor(stop=recipe.stop_when_ill)
    if trainer.content_loss is not None:
        # PSNR would choose the first weights, those least changed by the opponent.
        options = {"monitor": "content_loss", **options}
    return session.train(
        trainer, data, recipe, folder / "adversarial", more=[doctor, *more], **options
    )


def _claim(folder: Path, recipe: GanRecipe) -> None:
    """Writes the recipe down, or finds that the folder is another's.

    Only `steps` may have changed, by which the last stage is made longer.
    """
    path = folder / "recipe.json"
    wanted = {**json.loads(recipe.to_json()), "steps": None}
    try:
        stored = {**json.loads(path.read_text()), "steps": None}
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
