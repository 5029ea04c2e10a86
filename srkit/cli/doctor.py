"""`srkit doctor`: what is installed here, what works, what is missing."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

if TYPE_CHECKING:
    from srkit.bench import Machine
    from srkit.cli.presets import Found

# Extra to the module that shows whether it is installed, and what it is for.
EXTRAS = {
    "gpu": ("nvidia.cudnn", "TensorFlow on NVIDIA GPUs"),
    "jax": ("jax", "Keras on JAX"),
    "data": ("tensorflow_datasets", "named data sets"),
    "video": ("av", "video codecs as degradations"),
    "demo": ("skimage", "srkit demo"),
    "bench": ("torch", "the comparison with PyTorch in srkit bench"),
    "notebooks": ("jupyterlab", "the notebooks"),
}

_DRIVER = Path("/proc/driver/nvidia/version")


class Finding(NamedTuple):
    """One line of the doctor's."""

    subject: str
    state: str
    """One of "ok", "missing" (optional) and "broken"."""
    detail: str


def command(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """Tell what this machine has, whether the presets are whole, what is missing.

    Ends with exit code 1 if something that srkit needs is broken.
    """
    from srkit.bench import describe_machine
    from srkit.cli.presets import inspect

    machine = describe_machine()
    findings = [
        *_computing(machine),
        *(_preset(found) for found in inspect()),
        *(_extra(name) for name in EXTRAS),
        *_data(),
        _scratch(),
    ]
    if as_json:
        _print_json(machine, findings)
    else:
        _print_table(machine, findings)
    if any(finding.state == "broken" for finding in findings):
        raise typer.Exit(1)


def _computing(machine: Machine) -> list[Finding]:
    from srkit.engine import resolve_precision

    return [
        _gpu(machine.gpus),
        Finding("precision", "ok", f"auto means {resolve_precision('auto')}"),
        _backend(machine.backend),
    ]


def _gpu(seen: tuple[str, ...]) -> Finding:
    if seen:
        return Finding("GPU", "ok", ", ".join(seen))
    if _DRIVER.exists():
        cure = "an NVIDIA GPU that Keras does not see: pip install 'srkit[gpu]'"
        return Finding("GPU", "missing", cure)
    return Finding("GPU", "missing", "none that Keras sees; the processor computes")


def _backend(name: str) -> Finding:
    import numpy as np
    from keras import ops

    try:
        kernel = np.ones((3, 3, 1, 1), "float32")
        result = ops.conv(np.ones((1, 4, 4, 1), "float32"), kernel, padding="same")
        works = float(ops.max(result)) == 9.0
    except Exception as error:  # whatever a broken installation raises is the finding
        return Finding("Keras", "broken", f"{name} cannot convolve: {error}")
    return Finding("Keras", "ok" if works else "broken", f"computes with {name}")


def _preset(found: Found) -> Finding:
    subject = f"preset {found.name}"
    if found.problem:
        return Finding(subject, "broken", found.problem)
    return Finding(subject, "ok", f"{found.scale}, {found.size}, checksum right")


def _extra(name: str) -> Finding:
    module, purpose = EXTRAS[name]
    if _is_installed(module):
        return Finding(f"extra {name}", "ok", purpose)
    cure = f"{purpose}: pip install 'srkit[{name}]'"
    return Finding(f"extra {name}", "missing", cure)


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # its parent is not there
        return False


def _data() -> list[Finding]:
    from srkit.data.folders import data_root
    from srkit.image import PICTURE_SUFFIXES

    root = data_root()
    folders = {
        path.parent
        for path in (*root.glob("*/*.*"), *root.glob("*/*/*.*"))
        if path.suffix.lower() in PICTURE_SUFFIXES and path.parent.name != "sample"
    }
    if folders:
        told = f"{len(folders)} folders of pictures in {root}"
        return [Finding("data sets", "ok", told)]
    cure = f"none in {root}: srkit data get set5, or set SRKIT_DATASETS to their folder"
    return [Finding("data sets", "missing", cure)]


def _scratch() -> Finding:
    """Whether and how much can be written where temporary files and caches go."""
    import shutil
    import tempfile

    folder = tempfile.gettempdir()
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"srkit")
        free = shutil.disk_usage(folder).free / 2**30
    except OSError as error:
        return Finding("temporary files", "broken", f"{folder}: {error}")
    return Finding("temporary files", "ok", f"{folder}, {free:.0f} GiB free")


def _print_json(machine: Machine, findings: list[Finding]) -> None:
    import json

    content: dict[str, Any] = {
        "machine": machine.as_dict(),
        "findings": [finding._asdict() for finding in findings],
    }
    typer.echo(json.dumps(content, indent=2))


def _print_table(machine: Machine, findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    marks = {
        "ok": "[green]ok[/]",
        "missing": "[yellow]-[/]",
        "broken": "[red]broken[/]",
    }
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_row("machine", "", machine.processor)
    facts = f"{machine.cores} cores, {machine.memory_gib:.0f} GiB"
    table.add_row("", "", ", ".join([facts, *machine.arithmetic]))
    numbers = (f"{name} {number}" for name, number in machine.versions.items())
    table.add_row("versions", "", ", ".join([f"Python {machine.python}", *numbers]))
    for finding in findings:
        # As text: rich would take the brackets of srkit[gpu] for its own.
        table.add_row(finding.subject, marks[finding.state], Text(finding.detail))
    Console().print(table)
