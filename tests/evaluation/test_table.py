"""The table: rows, sums, and every way to write it."""

import csv
import io
import json

import pytest

from srkit.errors import ArgumentError, ProtocolError
from srkit.evaluation import ImageScore, Row, Table
from srkit.metrics import Protocol, Score

PAPERS = Protocol(shave=4, kernel="bicubic")
STAMP = "Y601s|shave4|uint8|LR=bicubic"


def image(name, psnr, ssim, protocol=PAPERS):
    return ImageScore(
        name=name,
        psnr=Score(psnr, quantity="PSNR", protocol=protocol),
        ssim=Score(ssim, quantity="SSIM", protocol=protocol),
    )


def row(method, *images):
    precision = "uint8" if method == "bicubic" else "float32"
    return Row(method=method, precision=precision, set="set5", scale=4, images=images)


BICUBIC = row("bicubic", image("baby", 31.0, 0.8), image("bird", 30.0, 0.9))
EDSR = row("edsr_x4", image("baby", 33.0, 0.9), image("bird", 34.126, 0.95))
TABLE = Table((BICUBIC, EDSR))


def test_a_row_is_the_mean_of_its_images():
    assert BICUBIC.psnr == Score(30.5, quantity="PSNR", protocol=PAPERS)
    assert float(BICUBIC.ssim) == pytest.approx(0.85)
    assert BICUBIC.protocol == PAPERS


def test_rows_of_unlike_protocols_do_not_compare():
    other = row("edsr_x4", image("baby", 33.0, 0.9, Protocol(shave=0)))
    with pytest.raises(ProtocolError):
        _ = BICUBIC.psnr < other.psnr
    with pytest.raises(ProtocolError):
        _ = row("mixed", *BICUBIC.images, *other.images).psnr


def test_rows_are_found():
    assert TABLE.row("edsr_x4", "set5") is EDSR
    assert list(TABLE) == [BICUBIC, EDSR]
    assert len(TABLE) == 2
    with pytest.raises(ArgumentError, match=r"'bicubic' on 'set5'.*'edsr_x2' on 'b'"):
        TABLE.row("edsr_x2", "b")


def test_tables_add_up_each_row_once():
    other = row("srresnet_x4", image("baby", 32.0, 0.85), image("bird", 33.0, 0.9))
    assert (TABLE + Table((BICUBIC, other))).rows == (BICUBIC, EDSR, other)


def test_text():
    assert str(TABLE).splitlines() == [
        "Method   Precision  Set   Scale  Images  PSNR (dB)    SSIM  Protocol",
        f"bicubic  uint8      set5  x4          2      30.50  0.8500  {STAMP}",
        f"edsr_x4  float32    set5  x4          2      33.56  0.9250  {STAMP}",
    ]


def test_markdown():
    escaped = STAMP.replace("|", r"\|")
    assert TABLE.to_markdown().splitlines() == [
        "| Method | Precision | Set | Scale | Images | PSNR (dB) | SSIM | Protocol |",
        "| --- | --- | --- | --- | ---: | ---: | ---: | --- |",
        rf"| bicubic | uint8 | set5 | x4 | 2 | 30.50 | 0.8500 | {escaped} |",
        rf"| edsr_x4 | float32 | set5 | x4 | 2 | 33.56 | 0.9250 | {escaped} |",
    ]


def test_html_is_a_table_and_escaped():
    shown = Table((row("<b>", *EDSR.images),))._repr_html_()
    assert shown.startswith("<table><tr><th>Method</th>")
    assert "<td>&lt;b&gt;</td>" in shown


def test_csv_and_json_hold_the_figures_in_full_and_the_stamp():
    rows = list(csv.DictReader(io.StringIO(TABLE.to_csv())))
    for record in (rows[1], json.loads(TABLE.to_json())[1]):
        assert float(record["psnr"]) == pytest.approx(33.563)
        assert Protocol.parse(record["protocol"]) == PAPERS
        assert (record["method"], record["set"]) == ("edsr_x4", "set5")
        assert int(record["images"]) == 2


def test_per_image():
    records = json.loads(TABLE.to_json(per_image=True))
    assert [record["image"] for record in records] == ["baby", "bird"] * 2
    assert records[3]["psnr"] == 34.126
    assert all(record["protocol"] == STAMP for record in records)
    assert len(TABLE.to_csv(per_image=True).splitlines()) == 5
    assert "34.13" in TABLE.to_markdown(per_image=True)
    assert "bird" in TABLE.to_text(per_image=True)


def test_equal_pictures_stay_infinite():
    table = Table((row("copy", image("a", float("inf"), 1.0)),))
    assert " inf " in str(table)
    assert json.loads(table.to_json())[0]["psnr"] == "inf"
    assert ",inf," in table.to_csv()


def test_an_empty_table_writes_itself():
    empty = Table(())
    assert str(empty) == ""
    assert json.loads(empty.to_json()) == []
    assert empty.to_csv().strip() == ""
    assert "<table>" in empty._repr_html_()
    assert empty.to_markdown()


FURTHER = {
    "niqe": Score(4.5, quantity="NIQE", protocol="gray|shave4"),
    "bias_r": Score(0.254, quantity="colour bias", protocol="RGB|shave0"),
}


def further(more=FURTHER):
    images = [
        ImageScore(name=n, psnr=i.psnr, ssim=i.ssim, more=more)
        for n, i in zip("ab", EDSR.images, strict=True)
    ]
    return Table((row("edsr_x4", *images),))


def test_further_columns_bring_their_protocols():
    head, line, _, *notes = further().to_text().split("\n")
    assert head.split()[-4:] == ["NIQE", "Bias", "R", "Protocol"]
    assert line.split()[-3:] == ["4.50", "+0.25", STAMP]
    assert notes == ["NIQE: gray|shave4", "Bias R: RGB|shave0"]
    markdown = further().to_markdown()
    assert markdown.endswith(r"NIQE: gray\|shave4; Bias R: RGB\|shave0")
    assert "gray|shave4" in further()._repr_html_()
    record = further().records(per_image=True)[0]
    assert record["niqe"] == 4.5
    assert record["niqe_protocol"] == "gray|shave4"
    assert "niqe_protocol" in further().to_csv().split("\n")[0]


def test_rows_without_a_figure_leave_its_place_empty():
    mixed = TABLE + further()
    lines = list(csv.DictReader(io.StringIO(mixed.to_csv())))
    assert [line["niqe"] for line in lines] == ["", "", "4.5"]
    assert json.loads(mixed.to_json())[0].keys() == TABLE.records()[0].keys()
    assert "| 0.8500 | " in mixed.to_markdown()


def test_a_picture_without_a_figure_is_no_broken_json():
    none = Score(float("nan"), quantity="NIQE", protocol="gray|shave4")
    assert json.loads(further({"niqe": none}).to_json())[0]["niqe"] == "nan"
