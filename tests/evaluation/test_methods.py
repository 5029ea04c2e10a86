"""What stands in the rows of a table."""

import numpy as np
import pytest

from srkit.data.sets import EvaluationPair
from srkit.errors import ArgumentError
from srkit.evaluation.methods import find_methods, open_networks
from srkit.image import downscale, resize
from srkit.models import EDSR
from tests.conftest import draw_picture
from tests.training import duels


def test_one_or_several(nearest, tmp_path):
    network = nearest(name="a")
    assert open_networks(network) == {"a": network}
    EDSR(scale=2, filters=4, num_blocks=1).save_preset(tmp_path / "mine")
    assert [*open_networks([network, str(tmp_path / "mine")])] == ["a", "mine"]
    assert [*open_networks(tmp_path / "mine")] == ["mine"]
    gan = duels.trainer()
    assert open_networks(gan) == {"edsr": gan.generator}


def test_presets_of_one_name_are_called_by_their_paths(tmp_path):
    folders = [tmp_path / place / "mine" for place in "ab"]
    for folder in folders:
        EDSR(scale=2, filters=4, num_blocks=1).save_preset(folder)
    assert [*open_networks(folders)] == [str(folder) for folder in folders]


def test_presets_of_runs_are_called_by_their_runs(tmp_path):
    folders = [tmp_path / run / "best" for run in "ab"]
    for folder in folders:
        EDSR(scale=2, filters=4, num_blocks=1).save_preset(folder)
    assert [*open_networks(folders)] == ["a/best", "b/best"]


def test_what_cannot_stand_in_one_table_is_refused(nearest):
    two, four = nearest(scale=2, name="two"), nearest(scale=4, name="four")
    for models, message in (
        ([], "one or several networks.*Received: none"),
        ([two, two], "a name of its own. Received: two, two"),
        ([two, four], r"of one scale. Received: two \(x2\), four \(x4\)"),
    ):
        with pytest.raises(ArgumentError, match=message):
            open_networks(models)


def test_methods_stand_in_order_and_make_their_pictures(nearest):
    hr = draw_picture(16, 16)
    pair = EvaluationPair("a", downscale(hr, 2), hr)
    options = {"precision": "float32", "ensemble": False}
    methods = find_methods({"near": nearest()}, original=True, **options)
    kinds = [("original", "uint8"), ("bicubic", "uint8"), ("near", "float32")]
    assert [*methods] == kinds
    wanted = [hr, resize(pair.lr, scale=2), pair.lr.repeat(2, 0).repeat(2, 1)]
    for made, picture in zip(methods.values(), wanted, strict=True):
        np.testing.assert_array_equal(made(pair), picture)
    assert ("original", "uint8") not in find_methods(
        {"near": nearest()}, original=False, **options
    )
