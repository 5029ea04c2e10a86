"""Peak memory of a whole process that enlarges one picture."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from srkit.errors import MemoryBudgetError

_WORK = "from srkit.bench.memory import enlarge_and_tell; enlarge_and_tell()"


def peak_resident_gib(
    source: Path, target: Path, *, preset: str, memory: float = 1.0
) -> float:
    """Enlarges a file in a process of its own and measures what that held at most.

    Args:
        source: Picture to read.
        target: Picture to write.
        preset: The network.
        memory: Budget of the computation, in GiB.

    Returns:
        Peak resident memory of the process, interpreter and libraries included.

    Raises:
        MemoryBudgetError: If the process did not come to its end.
    """
    return int(measured_process(_WORK, source, target, preset, memory)) / 2**30


def measured_process(work: str, *arguments: object) -> str:
    """Runs Python in a process of its own, so that its memory is that of the work.

    Args:
        work: What it runs.
        *arguments: Of its command line.

    Returns:
        The last line that it writes.

    Raises:
        MemoryBudgetError: If the process did not come to its end.
    """
    done = subprocess.run(
        [sys.executable, "-c", work, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["killed"])[-1]
        raise MemoryBudgetError(f"The measured process failed: {last}")
    return done.stdout.splitlines()[-1]


def enlarge_and_tell() -> None:
    """What the measured process does: its arguments are those of the measurement."""
    from srkit.inference import Upscaler, upscale_file

    source, target, preset, memory = sys.argv[1:]
    upscaler = Upscaler.from_preset(preset, memory=float(memory))
    upscale_file(source, target, upscaler=upscaler)
    sys.stdout.write(f"{peak_bytes()}\n")


def peak_bytes() -> int:
    """The most resident memory that this process has had."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:  # not Linux
        import resource

        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    # Not `ru_maxrss`, which a process takes over from the one that started it.
    peaks = [line for line in lines if line.startswith("VmHWM:")]
    return int(peaks[0].split()[1]) * 1024
