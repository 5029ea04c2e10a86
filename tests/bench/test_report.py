from __future__ import annotations

import json
from io import StringIO

import pytest
from rich.console import Console

from srkit.bench.machine import describe_machine
from srkit.bench.report import Figure, Report


@pytest.fixture(scope="module")
def report():
    figure = Figure(name="speed", value=1234.5678, unit="MP/s", note="y|shave4")
    return Report(
        machine=describe_machine(),
        preset="edsr_x4",
        figures=(figure,),
        missing=("files: pip install 'srkit[bench]'",),
    )


def test_json(report):
    content = json.loads(report.to_json())
    assert content["figures"][0]["value"] == report.value("speed") == 1234.5678
    assert content["machine"]["cores"] == report.machine.cores
    assert content["missing"] == ["files: pip install 'srkit[bench]'"]


def test_tables_name_the_machine(report):
    console = Console(width=200, record=True, file=StringIO())
    console.print(report.to_table())
    assert "srkit[bench]" in console.export_text(clear=False)
    for text in (console.export_text(), report.to_markdown()):
        assert "speed" in text
        assert "1235" in text
        assert report.machine.processor in text


def test_markdown_says_what_is_missing(report):
    assert "Not measured: files: pip install 'srkit[bench]'" in report.to_markdown()


def test_markdown_keeps_the_bars_of_a_protocol_out_of_the_table(report):
    assert "| y\\|shave4 |" in report.to_markdown()


def test_figure_that_was_not_measured(report):
    with pytest.raises(KeyError):
        report.value("length")
