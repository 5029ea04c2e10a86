"""Tiny pictures, and TensorFlow Datasets without a network."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def _offline(monkeypatch, tmp_path):
    tfds = pytest.importorskip("tensorflow_datasets")
    tfds.disable_progress_bar()
    monkeypatch.setenv("SRKIT_DATASETS", str(tmp_path / "datasets"))
    # Else TensorFlow Datasets asks its own server what it knows of a set.
    monkeypatch.setattr(
        tfds.core.utils.gcs_utils, "gcs_dataset_info_files", lambda _: []
    )
    monkeypatch.setattr(tfds.core.utils.gcs_utils, "is_dataset_on_gcs", lambda _: False)


@pytest.fixture
def draw(rng):
    """Draw a number of tiny pictures: {name: pixels}."""

    def tiny(count, *, suffix=".png"):
        shape = (count, 9, 8, 3)
        pixels = rng.integers(0, 255, shape, dtype=np.uint8)
        return {f"{n:03d}{suffix}": pixels[n] for n in range(count)}

    return tiny
