from __future__ import annotations

import pytest
from typer.testing import CliRunner

import srkit.cli
from srkit.models import EDSR


def test_it_lists_a_folder_of_presets(tmp_path):
    network = EDSR(scale=3, filters=16, num_blocks=1)
    network.save_preset(tmp_path / "tiny_x3", description="for tests")
    shown = CliRunner().invoke(srkit.cli.app, ["presets", str(tmp_path)])
    assert shown.exit_code == 0
    line = shown.output.splitlines()[1].split()
    assert line == ["tiny_x3", "EDSR", "x3", "0.1", "MB", "for", "tests"]


@pytest.mark.parametrize("damage", ["config.json", "model.weights.h5"])
def test_a_damaged_one_is_a_line(tmp_path, damage):
    EDSR(scale=2, filters=4, num_blocks=1).save_preset(tmp_path / "tiny")
    (tmp_path / "tiny" / damage).write_text("{}")
    shown = CliRunner().invoke(srkit.cli.app, ["presets", str(tmp_path)])
    assert shown.exit_code == 1
    assert shown.stderr.startswith("srkit: ")
    assert shown.stderr.count("\n") == 1
