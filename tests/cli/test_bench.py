from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import srkit.cli
from srkit.models import EDSR


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "tiny_x2"
    return EDSR(scale=2, filters=8, num_blocks=1).save_preset(folder)


def bench(*arguments):
    return CliRunner().invoke(srkit.cli.app, ["bench", *map(str, arguments)])


def test_json_and_tables(preset, picture_folder):
    options = ["--quick", "--preset", preset, "--part", "precision"]
    options += ["--set", picture_folder]
    found = bench(*options, "--json")
    assert found.exit_code == 0, found.output
    content = json.loads(found.stdout)
    assert {each["unit"] for each in content["figures"]} == {"dB"}
    assert "cost of bfloat16" in bench(*options).stdout
    assert "| cost of bfloat16 |" in bench(*options, "--markdown").stdout


def test_errors_are_one_line(preset):
    for options in (["--preset", "nothing"], ["--preset", preset, "--part", "speed"]):
        result = bench("--quick", *options)
        assert result.exit_code == 1
        assert result.stderr.splitlines()[-1].startswith("srkit: ")
