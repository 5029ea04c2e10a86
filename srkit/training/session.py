"""A whole training run, from a recipe to presets, that survives being stopped."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras

from srkit.errors import ArgumentError
from srkit.training.doctor import TrainingDoctor
from srkit.training.samples import Validation
from srkit.training.standard import callbacks
from srkit.training.storage import replacing

if TYPE_CHECKING:
    from srkit.training.recipe import Recipe
    from srkit.training.run import Run

_SETTINGS = ("seed", "clip", "xla", "deterministic", "initial")
"""What of a recipe neither model nor data know, and a resumed run must share."""

_OF_DATA = ("scale", "crop", "batch_size", "kernel", "seed", "steps_per_epoch")
"""What of a recipe the data were made by, beside the degradation."""


def train(
    model: keras.Model,
    data: Any,
    recipe: Recipe,
    directory: str | Path,
    *,
    validation: Iterable[Any] | None = None,
    command: str = "",
    more: Iterable[keras.callbacks.Callback] = (),
    **options: Any,
) -> Path:
    """Trains a network by a recipe; called again, it goes on where it was stopped.

    Ctrl-C and SIGTERM end it after the step under way, with a checkpoint; a second
    one ends it at once. Anything harder loses the steps since the last checkpoint.

    Args:
        model: The network, not compiled.
        data: Batches of pairs, of `srkit.data.pairs` or `PatchSequence`.
        recipe: How to train; written to `recipe.json`.
        directory: Folder of the run.
        validation: Whole pictures to measure on, as for `callbacks`.
        command: The command line that led here, for the cards.
        more: Callbacks of your own, after srkit's.
        **options: More for `callbacks`.

    Returns:
        Folder of the best preset.

    Raises:
        ArgumentError: If the data were not made as the recipe says.
        KeyboardInterrupt: If a signal stopped it, with the step as its message.
        ResumeError: If the directory holds a run with other settings.
        DivergedError: If the loss is no longer a number.
        OutputError: If the directory cannot be written.
    """
    _check_data(recipe, data)
    recipe.compile(model)
    folder = Path(directory)
    listed = callbacks(
        folder,
        validation=validation,
        ema=recipe.ema or None,
        steps=recipe.steps,
        deterministic=recipe.deterministic,
        seed=recipe.seed,
        data=data,
        settings=_settings(recipe),
        card=recipe.card(command=command),
        **options,
    )
    run = listed[0].run
    with stopped_by_signals(run):
        listed += [_Note(folder, recipe), *_plateau(recipe, listed, options), *more]
        for doctor in listed:
            if isinstance(doctor, TrainingDoctor):
                doctor.join(run)
        # The data are in random order as they come; Keras would warn.
        model.fit(data, epochs=recipe.epochs, callbacks=listed, shuffle=False)
    return folder / "best"


def _plateau(
    recipe: Recipe, listed: list[keras.callbacks.Callback], options: dict[str, Any]
) -> list[keras.callbacks.Callback]:
    """What divides the rate where the recipe says so, by the figure that is watched."""
    if recipe.schedule != "plateau":
        return []
    measured = any(isinstance(each, Validation) for each in listed)
    figure = options.get("monitor") or ("val_psnr_y" if measured else "loss")
    mode = "max" if figure == "val_psnr_y" else "min"
    return [keras.callbacks.ReduceLROnPlateau(figure, factor=0.1, mode=mode)]


def _check_data(recipe: Recipe, data: Any) -> None:
    """Compares what the data say of themselves: a card would repeat the recipe."""
    length = getattr(data, "steps_per_epoch", recipe.steps_per_epoch)
    made = {"steps_per_epoch": length, **getattr(data, "settings", {})}
    wanted = {name: getattr(recipe, name) for name in _OF_DATA}
    if hasattr(data, "settings"):  # which leave out a degradation that is none
        made.setdefault("degradation", None)
        wanted["degradation"] = _degradation(recipe)
        wanted["downsizes"] = [1.0] if recipe.lr else list(recipe.downsizes)
    for name, value in wanted.items():
        received = made.get(name, value)
        if received != value and (name != "kernel" or not recipe.lr):
            raise ArgumentError(
                f"`data` must be made as `recipe` says, with {name}={value!r}. "
                f"Received: {name}={received!r}"
            )


def _degradation(recipe: Recipe) -> dict[str, Any] | None:
    """The settings behind the recipe's word, as the data tell theirs."""
    if recipe.degradation is None:
        return None
    from srkit.data.degradations import find_degradation  # OpenCV takes a while

    return find_degradation(recipe.degradation).to_dict()


def _settings(recipe: Recipe) -> dict[str, Any]:
    settings = {name: getattr(recipe, name) for name in _SETTINGS}
    if recipe.schedule in (
        "constant",
        "plateau",
    ):  # Keras knows a schedule, but no first rate
        settings["learning_rate"] = recipe.learning_rate
    return settings


class _Note(keras.callbacks.Callback):
    """Writes the recipe down, once the run is known to be of this recipe."""

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        super().__init__()
        self.folder = folder
        self.recipe = recipe

    def on_train_begin(self, logs: Any = None) -> None:
        """Writes."""
        del logs
        with replacing(self.folder / "recipe.json") as file:
            file.write(self.recipe.to_json().encode())


@contextlib.contextmanager
def stopped_by_signals(run: Run) -> Iterator[None]:
    """Lets Ctrl-C and SIGTERM end a run after its step, with a checkpoint.

    Raises:
        KeyboardInterrupt: When that has happened, with the step as its message.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals
        return

    def ask(number: int, frame: Any) -> None:
        if run.interrupted:
            signal.default_int_handler(number, frame)
        run.interrupted = number

    kinds = (signal.SIGINT, signal.SIGTERM)
    before = {kind: signal.signal(kind, ask) for kind in kinds}
    try:
        yield
    except KeyboardInterrupt as stop:
        raise KeyboardInterrupt(f"stopped after step {run.step:,}") from stop
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
