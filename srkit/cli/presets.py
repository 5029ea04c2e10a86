"""`srkit presets`: the trained networks in the box."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def command(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of presets of yours.")
    ] = None,
) -> None:
    """List the presets in the box, or in a folder: network, scale, what for."""
    from rich.console import Console
    from rich.table import Table

    from srkit.errors import PresetNotFoundError
    from srkit.models.presets import box, list_presets

    found = list_presets(folder)
    if not found:
        raise PresetNotFoundError(
            f"No presets in {folder or box()}: one is a folder with config.json, "
            "model.weights.h5 and README.md (model.save_preset writes it)"
        )
    table = Table("Preset", "Network", "Scale", "Weights", "For", box=None)
    for preset in found:
        size = preset.check_weights().stat().st_size / 1e6
        scale = f"x{preset.config.get('scale', '?')}"
        table.add_row(
            preset.name, preset.class_name, scale, f"{size:.1f} MB", preset.description
        )
    Console().print(table)
