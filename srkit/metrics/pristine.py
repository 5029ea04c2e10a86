"""NIQE's pristine model: what natural pictures are like."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from srkit.errors import WeightsError
from srkit.layers.weights import read_weights
from srkit.types import Float64

from .files import find_weights

PRISTINE_FILE = "niqe_pris_params.npz"
_SOURCE = (
    "NIQE's pristine model (12 kB, Apache-2.0) from https://raw.githubusercontent.com/"
    "XPixelGroup/BasicSR/master/basicsr/metrics/niqe_pris_params.npz"
)
_OFFICIAL = "f6284a2b53fd40bb"
_FEATURES = 36


@dataclass(frozen=True, eq=False)
class Pristine:
    """What natural pictures are like: the mean of their features and the covariance."""

    mean: Float64
    covariance: Float64

    @property
    def label(self) -> str:
        """Name of the model: its authors and year, or a part of its checksum."""
        data = self.mean.tobytes() + self.covariance.tobytes()
        digest = hashlib.sha256(data).hexdigest()
        return "mittal2013" if digest.startswith(_OFFICIAL) else digest[:8]


def load_pristine(weights: str | Path | Pristine | None = None) -> Pristine:
    """Reads the pristine model: 11.8 kB, fitted by the authors to 125 photographs.

    Args:
        weights: Path of ``niqe_pris_params.npz`` as BasicSR has it; None for the file
            of that name in ``weights`` below `SRKIT_DATASETS` or ./datasets.

    Raises:
        WeightsNotFoundError: If it is not there; the message says where to get it.
        WeightsError: If it holds something else.
    """
    if isinstance(weights, Pristine):
        return weights
    path = find_weights(PRISTINE_FILE, weights, source=_SOURCE)
    return _read(path.resolve(), path.stat().st_mtime_ns)


@cache
def _read(path: Path, _changed: int) -> Pristine:
    data, _ = read_weights(path)
    try:
        with np.load(io.BytesIO(data)) as file:
            mean = np.asarray(file["mu_pris_param"], np.float64).reshape(-1)
            covariance = np.asarray(file["cov_pris_param"], np.float64)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise WeightsError(
            f"{path} must hold `mu_pris_param` and `cov_pris_param`, NIQE's pristine "
            f"model. Received: {error}"
        ) from error
    if mean.shape != (_FEATURES,) or covariance.shape != (_FEATURES, _FEATURES):
        raise WeightsError(
            f"{path} must hold a mean of {_FEATURES} features and their covariance. "
            f"Received: {mean.shape} and {covariance.shape}"
        )
    return Pristine(mean, covariance)
