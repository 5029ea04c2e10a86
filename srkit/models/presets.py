"""Trained networks on disk: a folder with config, weights and card.

``saved_models/<name>/`` holds ``config.json`` (class, constructor arguments, SHA-256
of the weights, how they were trained adversarially if they were),
``model.weights.h5`` and ``README.md`` (the card). The presets in the box are folders
like any other.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srkit.errors import (
    OutputError,
    PresetError,
    PresetNotFoundError,
    WeightsError,
)
from srkit.layers.weights import read_weights

if TYPE_CHECKING:
    from srkit.models.base import SuperResolver

CONFIG, WEIGHTS, CARD = "config.json", "model.weights.h5", "README.md"
_OF_A_RUN = ("best", "last", "pretraining", "adversarial")
"""Folders that every training run has, so that their names tell none from another."""


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A trained network on disk, not loaded yet."""

    folder: Path
    class_name: str
    """Name of the network's class in `srkit.models`."""
    config: dict[str, Any]
    """Arguments of its constructor."""
    sha256: str
    """Of the file with the weights."""
    description: str = ""
    adversarial: str = ""
    """How it was trained adversarially; empty if it was not."""

    @property
    def name(self) -> str:
        """What it is called: the name that `from_preset` takes, of one in the box."""
        return title(self.folder)

    def network_class(self) -> type[SuperResolver]:
        """The network's class.

        Raises:
            PresetError: If srkit has no such network.
        """
        import keras

        import srkit.models  # registers its classes with Keras
        from srkit.models.base import SuperResolver

        found = keras.saving.get_registered_object(f"srkit>{self.class_name}")
        if isinstance(found, type) and issubclass(found, SuperResolver):
            return found
        public = vars(srkit.models).items()
        known = sorted(
            name
            for name, thing in public
            if isinstance(thing, type) and SuperResolver in thing.__bases__
        )
        raise PresetError(
            f"`class` in {self.folder / CONFIG} must be a network of srkit "
            f"({', '.join(known)}). Received: {self.class_name!r}"
        )

    def check_weights(self) -> Path:
        """Path of the weights, once their checksum is found right.

        Raises:
            PresetError: If they are missing, a Git LFS pointer, or damaged.
        """
        path = self.folder / WEIGHTS
        if not path.is_file():
            raise PresetError(f"Preset {self.name!r} has no {WEIGHTS}: {path}")
        try:
            read_weights(path, sha256=str(self.sha256))
        except WeightsError as error:
            raise PresetError(f"Preset {self.name!r} is damaged: {error}") from error
        return path

    def load(self, network: Any, overrides: dict[str, Any]) -> Any:
        """Builds the network and loads its weights.

        Raises:
            PresetError: If config and weights do not fit the class.
        """
        weights = self.check_weights()
        try:
            model = network(**{**self.config, **overrides})
            with warnings.catch_warnings():
                # Keras only warns of weights that it could not place.
                warnings.simplefilter("error", UserWarning)
                model.load_weights(weights)
            model.adversarial = self.adversarial
            model.origin = f"{self.name} (weights {self.sha256[:12]})"
        except (TypeError, ValueError, KeyError, OSError, UserWarning) as error:
            reason = str(error).strip().splitlines()[0] if str(error) else repr(error)
            raise PresetError(
                f"Preset {self.name!r} does not fit {self.class_name}: {reason}"
            ) from error
        return model


def title(folder: Path) -> str:
    """What a preset in a folder is called; of a training run "myrun/best", not "best".

    Args:
        folder: The preset's folder, or its name in the box.
    """
    path = folder.resolve()
    return f"{title(path.parent)}/{path.name}" if path.name in _OF_A_RUN else path.name


def list_presets(folder: Path | None = None) -> list[Preset]:
    """The presets in the box, or those in another folder, sorted by name."""
    root = folder or box()
    return [_read(path.parent) for path in sorted(root.glob(f"*/{CONFIG}"))]


def box() -> Path:
    """The folder of the presets that come with srkit: in the wheel, or the clone."""
    package = Path(__file__).resolve().parents[1]
    packed = package / "saved_models"
    return packed if packed.is_dir() else package.parent / "saved_models"


def find(preset: str | Path) -> Preset:
    """Finds a preset by the name of one in the box or by its folder.

    A bare name means the box first; "./name" or a `Path` means the folder.

    Raises:
        PresetNotFoundError: If there is neither; the message lists the names.
        PresetError: If its config cannot be read.
    """
    bare = isinstance(preset, str) and Path(preset).name == preset
    for folder in (box() / preset, Path(preset)) if bare else (Path(preset),):
        if (folder / CONFIG).is_file():
            return _read(folder)
    names = ", ".join(sorted(path.parent.name for path in box().glob(f"*/{CONFIG}")))
    # A run keeps its presets one level down, that of a GAN two.
    levels = ("best", "last", "*/best", "*/last")
    deeper = [
        path.parent
        for level in levels
        for path in Path(preset).glob(f"{level}/{CONFIG}")
    ]
    hint = f". Did you mean {min(deeper)}?" if deeper else ""
    raise PresetNotFoundError(
        f"`preset` must be the name of one in the box ({names or 'none here'}) or a "
        f"folder with {CONFIG} and {WEIGHTS}. Received: {str(preset)!r}{hint}"
    )


def save(model: SuperResolver, folder: Path, *, card: str, description: str) -> Path:
    """Writes `model` beside `folder` first, then puts each file in its place."""
    import keras

    try:
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".preset-", dir=folder.parent))
        try:
            # An optimiser would treble the file, and only checkpoints need it.
            kept = {"objects_to_skip": [getattr(model, "optimizer", None)]}
            keras.saving.save_weights(model, work / WEIGHTS, **kept)
            config = {
                "class": type(model).__name__,
                "description": description,
                "adversarial": model.adversarial,
                "config": {**model.get_config(), "dtype": None},
                "sha256": hashlib.sha256((work / WEIGHTS).read_bytes()).hexdigest(),
            }
            (work / CONFIG).write_text(json.dumps(config, indent=2) + "\n")
            (work / CARD).write_text(card, encoding="utf-8")
            # The two that must agree come last, one right after the other.
            for name in (CARD, WEIGHTS, CONFIG):
                (work / name).replace(folder / name)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"Cannot write preset {folder}: {error}") from error
    return folder


def _read(folder: Path) -> Preset:
    path = folder / CONFIG
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Preset(
            folder=folder,
            class_name=content["class"],
            config=content["config"],
            sha256=content["sha256"],
            description=content.get("description", ""),
            adversarial=content.get("adversarial", ""),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PresetError(
            f"{path} must be JSON with `class`, `config` and `sha256`. "
            f"Received: {error!r}"
        ) from error
