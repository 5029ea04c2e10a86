"""Weights are looked for where they were said to be, else in the sets' folder."""

import pytest

from srkit.errors import WeightsNotFoundError
from srkit.metrics.files import find_weights


def test_they_lie_below_the_data_sets_unless_given(tmp_path, monkeypatch):
    monkeypatch.setenv("SRKIT_DATASETS", str(tmp_path))
    with pytest.raises(WeightsNotFoundError, match=r"a\.npz is needed, my own\. Put"):
        find_weights("a.npz", None, source="my own")
    (tmp_path / "weights").mkdir()
    for path in (tmp_path / "weights" / "a.npz", tmp_path / "b.npz"):
        path.touch()
    assert find_weights("a.npz", None, source="") == tmp_path / "weights" / "a.npz"
    assert find_weights("a.npz", tmp_path / "b.npz", source="") == tmp_path / "b.npz"
