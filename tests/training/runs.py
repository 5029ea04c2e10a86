"""Whether two runs came to the same end, bit for bit."""

import csv

import numpy as np

from srkit.models import SuperResolver
from srkit.training import storage


def assert_equal(one, other):
    """Compare figures, both presets, and the state: weights, moments, averages."""
    assert rows(one) == rows(other)
    for name in ("best", "last"):
        presets = (SuperResolver.from_preset(run / name) for run in (one, other))
        for pair in zip(*(each.get_weights() for each in presets), strict=True):
            np.testing.assert_array_equal(*pair, err_msg=name)
    newest = [max((run / "checkpoints").glob("step-*.npz")) for run in (one, other)]
    assert newest[0].name == newest[1].name
    states = [storage.read_state(path)[0] for path in newest]
    assert states[0].keys() == states[1].keys()
    for name, array in states[0].items():
        np.testing.assert_array_equal(array, states[1][name], err_msg=name)


def rows(run):
    """Figures of each epoch, but for the time that it took."""
    with (run / "log.csv").open() as file:
        return [{**row, "seconds": None} for row in csv.DictReader(file)]
