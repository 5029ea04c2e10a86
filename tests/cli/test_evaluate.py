"""The command that measures."""

import json

import pytest
from typer.testing import CliRunner

from srkit.cli import app
from srkit.models import EDSR


@pytest.fixture
def preset(tmp_path):
    folder = tmp_path / "tiny"
    EDSR(scale=2, filters=4, num_blocks=1).save_preset(folder)
    return str(folder)


def run(*arguments):
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


def test_a_table_with_the_bicubic_row_and_the_protocol(preset, picture_folder):
    result = run(preset, picture_folder, "--precision", "float32")
    assert result.exit_code == 0, result.output
    head, bicubic, network = result.stdout.splitlines()
    assert "PSNR (dB)" in head
    assert bicubic.startswith("bicubic")
    assert network.startswith("tiny ")
    assert network.endswith("Y601s|shave2|uint8|LR=bicubic")


def test_several_presets_with_commas_between(preset, picture_folder, tmp_path):
    other = tmp_path / "other"
    EDSR(scale=2, filters=4, num_blocks=1).save_preset(other)
    result = run(f"{preset}, {other}", picture_folder, "--metrics", "lr_psnr, psnr")
    assert result.exit_code == 0, result.output
    head, *rows = result.stdout.split("\n\n")[0].splitlines()
    assert "LR-PSNR (dB)" in head
    assert [row.split()[0] for row in rows] == ["bicubic", "tiny", "other"]


def test_a_folder_may_have_a_comma_in_its_name(picture_folder, tmp_path):
    EDSR(scale=2, filters=4, num_blocks=1).save_preset(tmp_path / "a,b")
    result = run(tmp_path / "a,b", picture_folder)
    assert "a,b" in result.stdout


def test_json_and_csv(preset, picture_folder):
    rows = json.loads(run(preset, picture_folder, "--json").stdout)
    assert [row["set"] for row in rows] == ["pictures", "pictures"]
    lines = run(preset, picture_folder, "--csv", "--per-image").stdout.splitlines()
    assert lines[0] == "method,precision,set,scale,image,psnr,ssim,protocol"
    assert len(lines) == 9


def test_options(preset, picture_folder):
    result = run(
        *(preset, picture_folder, "--channel", "rgb", "--shave", "1"),
        *("--kernel", "lanczos3", "--explain", "--ensemble"),
    )
    assert result.exit_code == 0, result.output
    assert "RGB|shave1|uint8|LR=lanczos3" in result.stdout
    assert "Y601f|shave1|uint8|LR=lanczos3" in result.stdout
    assert "8 views" in result.stdout
    assert "Y601f: in full range" in result.stderr


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.json", "["), ("a.csv", "method,"), ("a.md", "| Method"), ("a.txt", "Method ")],
)
def test_the_suffix_of_the_file_names_its_format(
    preset, picture_folder, tmp_path, name, start
):
    result = run(preset, picture_folder, "--out", tmp_path / name)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Method")
    text = (tmp_path / name).read_text()
    assert text.startswith(start)
    assert text.endswith("\n")


def test_errors_are_one_line(preset, picture_folder, tmp_path):
    for arguments, words in {
        ("nothing", picture_folder): "`preset`",
        (preset, "set99"): "set99",
        (preset, picture_folder, "--channel", "L"): "`channel`",
        (
            preset,
            picture_folder,
            "--out",
            tmp_path / "no" / "a.md",
        ): "cannot be written",
    }.items():
        result = run(*arguments)
        assert result.exit_code == 1, arguments
        assert words in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_usage_errors_exit_with_2(preset):
    assert run(preset).exit_code == 2
    assert run(preset, "set5", "--json", "--csv").exit_code == 2
