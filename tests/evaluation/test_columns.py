"""Headings and rounding."""

import pytest

from srkit.evaluation.columns import cell, heading, is_figure, is_further, is_key


@pytest.mark.parametrize(
    ("name", "value", "title", "text"),
    [
        ("psnr", 31.516, "PSNR (dB)", "31.52"),
        ("bias_r", 0.254, "Bias R", "+0.25"),
        ("scale", 4, "Scale", "x4"),
        ("images", 14, "Images", "14"),
        ("method", "bicubic", "Method", "bicubic"),
        ("niqe", None, "NIQE", ""),  # a row of another protocol
        (
            "perceptual_distance[squeezenet11]",
            0.12345,
            "PerceptualDistance[squeezenet11]",
            "0.1235",
        ),
    ],
)
def test_a_column(name, value, title, text):
    assert heading(name) == title
    assert cell(name, {"method": "bicubic", name: value}) == text


def test_originals_are_not_compared_with_themselves():
    record = {"method": "original", "psnr": float("inf"), "ssim": 1.0, "niqe": 3.0}
    assert [cell(name, record) for name in ("psnr", "ssim", "niqe")] == [
        "-",
        "-",
        "3.00",
    ]
    record["method"] = "copy"
    assert cell("psnr", record) == "inf"


def test_protocols_of_further_columns_are_no_columns():
    assert heading("niqe_protocol") == ""
    assert heading("perceptual_distance[squeezenet11]_protocol") == ""


def test_kinds_of_columns():
    titles = ["Method", "Images", "SSIM", "Protocol", "NIQE"]
    assert [title for title in titles if is_figure(title)] == ["Images", "SSIM", "NIQE"]
    assert [title for title in titles if is_key(title)] == ["Method"]
    assert [title for title in titles if is_further(title)] == ["NIQE"]
