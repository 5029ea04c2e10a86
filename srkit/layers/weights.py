"""Files of trained weights as bytes: those of networks, of metrics and of presets."""

from __future__ import annotations

import hashlib
from pathlib import Path

from srkit.errors import WeightsError


def read_weights(path: Path, *, sha256: str | None = None) -> tuple[bytes, str]:
    """Bytes of a file, once its checksum is found right.

    Args:
        path: The file, which is there.
        sha256: What its SHA-256 must be; None for any.

    Returns:
        The bytes, and their SHA-256 in hexadecimal.

    Raises:
        WeightsError: If it is a Git LFS pointer, or has another checksum.
    """
    data = path.read_bytes()
    if data.startswith(b"version https://git-lfs"):
        raise WeightsError(
            f"{path} is a Git LFS pointer of {len(data)} bytes, not the weights. "
            "Fetch them with: git lfs pull"
        )
    received = hashlib.sha256(data).hexdigest()
    if sha256 is not None and received != sha256.lower():
        raise WeightsError(
            f"{path} must have the SHA-256 {sha256[:12]}... "
            f"Received: {received[:12]}... ({len(data)} bytes). Copy it again, or give "
            "the SHA-256 of the weights that you mean."
        )
    return data, received
