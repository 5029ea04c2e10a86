"""What README.md and the cards claim of the presets in the box, measured again."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

import srkit.cli
from srkit.bench.memory import peak_resident_gib
from srkit.bench.pictures import natural_picture
from srkit.evaluation import evaluate
from srkit.image import Picture
from srkit.models import SuperResolver
from srkit.models.presets import box

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[1]
PRESETS = sorted(path.parent.name for path in box().glob("*/config.json"))
BLOCK = re.compile(r"```console\n\$ srkit (evaluate .+)\n((?:(?!```).*\n)*)")
PAGES = (ROOT / "README.md", *(box() / name / "README.md" for name in PRESETS))
FOUND = (claim for page in PAGES for claim in BLOCK.findall(page.read_text()))
CLAIMS = sorted({*FOUND})
FIGURE = re.compile(r"\d+\.\d+")


def test_there_are_claims():
    assert CLAIMS


@pytest.mark.parametrize(("command", "written"), CLAIMS, ids=range(len(CLAIMS)))
def test_tables_hold_the_figures_that_their_command_gives(datasets, command, written):
    found = CliRunner().invoke(srkit.cli.app, shlex.split(command))
    assert found.exit_code == 0, found.output
    now, then = (
        [line.split() for line in text.splitlines() if FIGURE.search(line)]
        for text in (found.stdout, written)
    )
    assert len(now) == len(then) > 0
    for cells, expected in zip(now, then, strict=True):
        numbers, wanted = (
            [cell for cell in row if FIGURE.fullmatch(cell)]
            for row in (cells, expected)
        )
        assert len(numbers) == len(wanted) > 0
        for number, figure in zip(numbers, wanted, strict=True):
            apart = abs(float(number) - float(figure))
            assert apart <= _allowance(figure), (cells, expected)


def _allowance(figure: str) -> float:
    """Another processor rounds otherwise, and may compute in another precision."""
    decimals = len(figure.partition(".")[2])
    return 6e-4 if decimals > 2 else 1.1 * 10**-decimals


@pytest.mark.parametrize("preset", PRESETS)
def test_bfloat16_costs_next_to_nothing(datasets, preset):
    psnr = {}
    for precision in ("float32", "bfloat16"):
        *_, row = evaluate(preset, "set14", precision=precision).rows
        assert row.precision == precision
        psnr[precision] = float(row.psnr)
    assert psnr["float32"] - psnr["bfloat16"] <= 0.01


@pytest.mark.parametrize("preset", PRESETS)
def test_25_megapixels_stay_below_two_gibibytes(tmp_path, preset):
    side = 5000 // SuperResolver.from_preset(preset).scale
    Picture(natural_picture(side, side)).save(tmp_path / "in.png")
    peak = peak_resident_gib(
        tmp_path / "in.png", tmp_path / "out.png", preset=str(box() / preset)
    )
    assert peak < 2
