from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import srkit.cli
from srkit.cli.presets import inspect
from srkit.models import EDSR


def test_it_lists_a_folder_of_presets(tmp_path):
    network = EDSR(scale=3, filters=16, num_blocks=1)
    network.save_preset(tmp_path / "tiny_x3", description="for tests")
    shown = CliRunner().invoke(srkit.cli.app, ["presets", str(tmp_path)])
    assert shown.exit_code == 0
    line = shown.output.splitlines()[1].split()
    assert line == ["tiny_x3", "EDSR", "x3", "0.1", "MB", "for", "tests"]


@pytest.mark.parametrize("damage", ["config.json", "model.weights.h5"])
def test_a_damaged_one_hides_no_other(tmp_path, damage):
    for name in ("a", "b", "c"):
        EDSR(scale=2, filters=4, num_blocks=1).save_preset(tmp_path / name)
    (tmp_path / "b" / damage).write_text("{}")
    wide = {"COLUMNS": "300"}
    shown = CliRunner(env=wide).invoke(srkit.cli.app, ["presets", str(tmp_path)])
    assert shown.exit_code == 1
    lines = shown.stdout.splitlines()[1:]
    assert [line.split()[0] for line in lines] == ["a", "b", "c"]
    assert damage in lines[1]


def test_a_config_without_a_scale(tmp_path):
    folder = EDSR(scale=2, filters=4, num_blocks=1).save_preset(tmp_path / "tiny")
    content = json.loads((folder / "config.json").read_text())
    del content["config"]["scale"]
    (folder / "config.json").write_text(json.dumps(content))
    assert inspect(tmp_path)[0].scale == "x?"


def test_gans_are_marked(tmp_path):
    for name in ("faithful", "sharp"):
        model = EDSR(scale=2, filters=4, num_blocks=1)
        model.adversarial = "trained against a discriminator" * (name == "sharp")
        model.save_preset(tmp_path / name)
    assert [each.network for each in inspect(tmp_path)] == ["EDSR", "EDSR (GAN)"]
