from __future__ import annotations

import sys

import pytest
from typer.testing import CliRunner

import srkit.cli
from srkit.image import read_picture
from srkit.models import EDSR


@pytest.fixture
def box(tmp_path, monkeypatch):
    """Two untrained presets in place of those in the box."""
    folder = tmp_path / "saved_models"
    for scale in (2, 4):
        network = EDSR(scale=scale, filters=4, num_blocks=1, interpolated=True)
        network.save_preset(folder / f"edsr_x{scale}")
    monkeypatch.setattr("srkit.models.presets.box", lambda: folder)


@pytest.mark.usefixtures("box")
def test_it_measures_and_shows_both_presets(tmp_path):
    done = CliRunner().invoke(srkit.cli.app, ["demo", str(tmp_path / "demo")])
    assert done.exit_code == 0, done.output
    for scale in (2, 4):
        assert f"shave{scale}|uint8|LR=bicubic" in done.stdout
    assert done.stdout.count("bicubic") >= 4
    target = tmp_path / "demo" / "comparison.png"
    assert done.stdout.splitlines()[-1].endswith(str(target))
    assert read_picture(target).pixels.shape == (1092, 1224, 3)
    assert len(list((tmp_path / "demo" / "photographs").iterdir())) == 5


def test_it_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "skimage", None)
    done = CliRunner().invoke(srkit.cli.app, ["demo", str(tmp_path)])
    assert done.exit_code == 1
    assert "pip install 'srkit[demo]'" in done.stderr


def test_a_place_that_cannot_be_written_is_a_line(tmp_path):
    (tmp_path / "file").touch()
    done = CliRunner().invoke(srkit.cli.app, ["demo", str(tmp_path / "file" / "demo")])
    assert done.exit_code == 1
    assert done.stderr.startswith("srkit: Cannot make the folder")
