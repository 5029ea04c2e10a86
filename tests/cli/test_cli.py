from __future__ import annotations

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

import srkit.cli
from srkit.errors import SrkitError

COMMANDS = list(typer.main.get_command(srkit.cli.app).commands)


def srkit_command(*arguments):
    return CliRunner().invoke(srkit.cli.app, [str(each) for each in arguments])


def test_help_lists_every_command():
    shown = srkit_command("--help")
    assert shown.exit_code == 0
    for name in COMMANDS:
        assert f"  {name} " in shown.output


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help(name):
    shown = srkit_command(name, "--help")
    assert shown.exit_code == 0
    assert "Args:" not in shown.output


def test_version():
    assert srkit_command("--version").output == f"srkit {srkit.__version__}\n"


@pytest.mark.parametrize("arguments", [["nothing"], ["upscale"], ["--nothing"], []])
def test_wrong_usage_exits_2(arguments):
    assert srkit_command(*arguments).exit_code == 2


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (SrkitError("`scale` must be 2."), 1, "srkit: `scale` must be 2.\n"),
        (KeyboardInterrupt(), 130, "srkit: stopped\n"),
    ],
)
def test_an_expected_error_is_one_line(monkeypatch, error, code, line):
    def fail(*_):
        raise error

    monkeypatch.setattr(srkit.cli, "start_quietly", fail)
    result = srkit_command("presets")
    assert result.exit_code == code
    assert result.stderr == line
    assert result.stdout == ""


def test_a_mistake_of_ours_keeps_its_traceback(monkeypatch):
    def fail():
        raise ZeroDivisionError

    monkeypatch.setattr(srkit.cli, "start_quietly", fail)
    assert isinstance(srkit_command("presets").exception, ZeroDivisionError)


def test_the_entry_point_says_nothing_but_the_result():
    run = [sys.executable, "-c", "from srkit.cli import app; app()", "presets", "/none"]
    done = subprocess.run(run, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("srkit: No presets in /none")
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
