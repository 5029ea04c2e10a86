"""The bar that long work shows."""

from srkit.cli.progress import progress_bar


def test_a_terminal_sees_how_far_it_is(monkeypatch, capfd):
    monkeypatch.setenv("FORCE_COLOR", "1")  # what rich takes for a terminal
    with progress_bar("Measuring") as progress:
        progress(3, 4)
    captured = capfd.readouterr()
    assert "Measuring" in captured.err
    assert "3/4" in captured.err
    assert captured.out == ""


def test_a_file_sees_nothing(monkeypatch, capfd):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    with progress_bar("Measuring") as progress:
        progress(3, 4)
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""
