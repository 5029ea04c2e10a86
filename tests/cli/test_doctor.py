from __future__ import annotations

import configparser
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import srkit.cli
from srkit.cli import doctor
from srkit.models import EDSR, presets


def run(*arguments):
    return CliRunner().invoke(srkit.cli.app, ["doctor", *arguments])


@pytest.fixture
def box(tmp_path, monkeypatch):
    """A box with one whole preset."""
    monkeypatch.setattr(presets, "box", lambda: tmp_path)
    return EDSR(scale=2, filters=8, num_blocks=1).save_preset(tmp_path / "tiny_x2")


def findings(result):
    return {each["subject"]: each for each in json.loads(result.stdout)["findings"]}


def test_all_is_well(box):
    result = run("--json")
    assert result.exit_code == 0, result.output
    found = findings(result)
    assert found["preset tiny_x2"]["state"] == "ok"
    assert found["Keras"]["state"] == "ok"
    assert json.loads(result.stdout)["machine"]["versions"]["srkit"]


def test_table_fits_a_screen(box):
    result = run()
    assert result.exit_code == 0, result.output
    assert "tiny_x2" in result.stdout
    assert len(result.stdout.splitlines()) <= 30


def test_damaged_preset(box):
    (box / "model.weights.h5").write_bytes(
        b"version https://git-lfs.github.com/spec/v1"
    )
    result = run("--json")
    assert result.exit_code == 1
    found = findings(result)["preset tiny_x2"]
    assert found["state"] == "broken"
    assert "git lfs pull" in found["detail"]


def test_a_config_that_is_no_json_is_one_finding_among_others(box):
    (box / "config.json").write_text("{")
    found = findings(run("--json"))
    assert found["preset tiny_x2"]["state"] == "broken"
    assert found["Keras"]["state"] == "ok"


def test_missing_extra_names_its_cure(box, monkeypatch):
    monkeypatch.setattr(doctor, "_is_installed", lambda module: False)
    result = run("--json")
    assert result.exit_code == 0
    found = findings(result)["extra bench"]
    assert found["state"] == "missing"
    assert "pip install 'srkit[bench]'" in found["detail"]


def test_gpu_that_keras_does_not_see(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "_DRIVER", tmp_path)
    assert "srkit[gpu]" in doctor._gpu(()).detail
    assert doctor._gpu(("gpu:0",)) == ("GPU", "ok", "gpu:0")


def test_is_installed():
    assert doctor._is_installed("numpy.linalg")
    assert not doctor._is_installed("no_such_package.part")


def test_every_extra_for_users_is_examined():
    config = configparser.ConfigParser()
    config.read(Path(__file__).resolve().parents[2] / "setup.cfg")
    extras = set(config["options.extras_require"])
    assert extras - {"test", "dev"} == set(doctor.EXTRAS)


def test_place_that_cannot_be_written(monkeypatch):
    monkeypatch.setattr("tempfile.gettempdir", lambda: "no/such/folder")
    assert doctor._scratch().state == "broken"


def test_the_sample_alone_is_no_data_set(monkeypatch, tmp_path):
    monkeypatch.setenv("SRKIT_DATASETS", str(tmp_path))
    picture = tmp_path / "sample" / "a.png"
    picture.parent.mkdir()
    picture.touch()
    (tmp_path / "train" / "empty").mkdir(parents=True)
    (found,) = doctor._data()
    assert (found.state, "srkit data get" in found.detail) == ("missing", True)
    for folder in ("test/set5", "mine"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.png").touch()
    (found,) = doctor._data()
    assert found.state == "ok"
    assert found.detail == f"2 folders of pictures in {tmp_path}"
