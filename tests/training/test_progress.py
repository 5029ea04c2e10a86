import io

import pytest

from srkit.training.progress import Progress
from srkit.training.run import Run, StepCounter
from tests.training import tiny


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
def test_only_a_terminal_sees_each_step(tmp_path, monkeypatch, capsys, stream):
    monkeypatch.setenv("TERM", "xterm")
    output = stream()
    monkeypatch.setattr("sys.stderr", output)
    run = Run(directory=tmp_path)
    listed = [StepCounter(run), Progress(run, interval=0.0)]
    tiny.compiled().fit(tiny.Batches(), epochs=2, callbacks=listed)
    shown = output.getvalue()
    # Each epoch leaves one line; within it the line is written over.
    assert shown.count("\n") == 2
    assert "2/2" in shown.splitlines()[-1]
    assert shown.count("\r") == (2 * tiny.STEPS if stream is Terminal else 0)
    assert capsys.readouterr().out == ""


def test_silence_that_was_asked_for_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", Terminal())
    run = Run(directory=tmp_path)
    listed = [StepCounter(run), Progress(run, interval=0.0)]
    tiny.compiled().fit(tiny.Batches(), callbacks=listed, verbose=0)
    import sys

    assert sys.stderr.getvalue() == ""


def test_the_line_tells_how_far_how_fast_how_good_and_how_long(tmp_path, monkeypatch):
    run = Run(directory=tmp_path, step=100, epoch=1, data=tiny.Batches(100))
    progress = Progress(run)
    progress.set_model(tiny.network())
    progress.set_params({"epochs": 4, "steps": 100, "verbose": 1})
    monkeypatch.setattr("time.monotonic", lambda: 60.0)
    progress._started, progress._first = 10.0, 0
    line = progress._line(2, {"loss": 0.0312, "psnr": 29.8}).plain
    for part in ("epoch 2/4", "100/400", "2 steps/s", "loss 0.0312", "0:02:30 left"):
        assert part in line
    run.limit = 200
    assert progress._total() == 200


def test_an_unknown_length_is_no_hindrance(tmp_path):
    progress = Progress(Run(directory=tmp_path))
    progress.set_model(tiny.network())
    progress.set_params({"epochs": 4, "steps": None, "verbose": 1})
    assert "left" not in progress._line(1, {}).plain
