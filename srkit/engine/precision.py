"""Which arithmetic a network runs in."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from srkit.errors import ArgumentError

PRECISIONS = ("auto", "float32", "bfloat16")


def resolve_precision(precision: str = "auto") -> str:
    """Chooses bfloat16 where the processor or GPU computes it, float32 elsewhere.

    Args:
        precision: ``"auto"``, or a choice to be kept as it is.

    Returns:
        ``"bfloat16"`` or ``"float32"``.

    Raises:
        ArgumentError: If `precision` is none of `PRECISIONS`.
    """
    if precision not in PRECISIONS:
        raise ArgumentError(
            f"`precision` must be one of {', '.join(PRECISIONS)}. "
            f"Received: {precision!r}"
        )
    if precision != "auto":
        return precision
    return "bfloat16" if has_bfloat16() else "float32"


def policy(precision: str) -> str:
    """Keras's dtype policy for a precision: weights stay float32."""
    resolved = resolve_precision(precision)
    return "mixed_bfloat16" if resolved == "bfloat16" else resolved


@cache
def has_bfloat16() -> bool:
    """Whether this machine multiplies bfloat16 in hardware, not by emulation."""
    import keras

    if keras.backend.backend() == "tensorflow":
        gpus = _tensorflow_gpus()
        if gpus:
            # Ampere (compute capability 8.0) is the first with bfloat16 units.
            return all(major >= 8 for major, _ in gpus)
    return bool({"avx512_bf16", "amx_bf16", "bf16"} & cpu_features())


@cache
def cpu_features() -> frozenset[str]:
    """Feature flags of the processor, as Linux names them; empty elsewhere."""
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return frozenset()
    lines = (line.partition(":") for line in text.splitlines())
    return frozenset(
        flag
        for key, _, flags in lines
        if key.strip().lower() in ("flags", "features")
        for flag in flags.split()
    )


def _tensorflow_gpus() -> list[tuple[int, int]]:
    import tensorflow as tf

    details = [
        tf.config.experimental.get_device_details(gpu)
        for gpu in tf.config.list_physical_devices("GPU")
    ]
    return [detail.get("compute_capability", (0, 0)) for detail in details]
