"""What a figure was measured on: it says little without."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from srkit.engine.precision import cpu_features

PACKAGES = ("srkit", "tensorflow", "keras", "numpy", "opencv-python-headless", "pillow")


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A computer and the versions of what runs on it."""

    processor: str
    cores: int
    """Those that this process may use."""
    memory_gib: float
    arithmetic: tuple[str, ...]
    """What of bfloat16 the processor computes itself, as Linux names it."""
    gpus: tuple[str, ...]
    """Those that the backend of Keras sees."""
    backend: str
    python: str
    versions: dict[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        """One line."""
        parts = [
            self.processor,
            f"{self.cores} cores",
            f"{self.memory_gib:.0f} GiB",
            *self.arithmetic,
            *self.gpus,
            f"Python {self.python}",
            *(f"{name} {number}" for name, number in self.versions.items()),
        ]
        return ", ".join(parts)


def describe_machine(*packages: str) -> Machine:
    """Describes this machine.

    Args:
        *packages: Whose versions are told beside srkit's own dependencies.
    """
    import keras

    listed = {name: installed_version(name) for name in (*PACKAGES, *packages)}
    return Machine(
        processor=_processor(),
        cores=usable_cores(),
        memory_gib=_memory_bytes() / 2**30,
        arithmetic=tuple(sorted(f for f in cpu_features() if "bf16" in f)),
        gpus=tuple(_gpus()),
        backend=keras.backend.backend(),
        python=platform.python_version(),
        versions={name: number for name, number in listed.items() if number},
    )


def installed_version(package: str) -> str | None:
    """Version of an installed distribution; None if it is not there."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.machine()


def _memory_bytes() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0


def _gpus() -> list[str]:
    import keras

    return [name for name in keras.distribution.list_devices() if "gpu" in name.lower()]
