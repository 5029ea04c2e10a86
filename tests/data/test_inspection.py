"""The audit: every planted defect is found, and told in words and in JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from srkit.data import AuditReport, audit
from srkit.data.report import CURES, Finding, Severity
from srkit.errors import ArgumentError, DataError
from srkit.image import downscale, resize


def found(report):
    return {(finding.kind, finding.file.name) for finding in report.findings}


@pytest.fixture
def pictures(photograph):
    return {f"{n}.png": photograph(128, 144, seed=n) for n in range(3)}


def test_a_sound_set_has_no_findings(write, pictures):
    report = audit(write("hr", pictures))
    assert report.findings == ()
    assert report.pictures == 3
    assert str(report).endswith("3 pictures, 0 errors, 0 warnings, 0 notes")


def test_planted_defects_are_found(write, pictures, photograph, monkeypatch, tmp_path):
    test = photograph(120, 160, seed=9)
    write("root/test/secret", {"t.png": test})
    monkeypatch.setenv("SRKIT_DATASETS", str(tmp_path / "root"))
    planted = {
        "enlarged.png": resize(photograph(96, 96, seed=5), scale=2),
        "leak.png": np.ascontiguousarray(resize(test, scale=0.9)[:, ::-1]),
        "same.png": pictures["1.png"],
        "small.png": photograph(40, 200, seed=6),
    }
    folder = write("hr", {**pictures, **planted})
    faint = photograph(160, 160, seed=7, contrast=15)
    Image.fromarray(faint).save(folder / "x.jpg", quality=40)
    (folder / "bad.png").write_bytes(b"not a picture")
    report = audit(folder, test_sets=["secret"])
    assert found(report) == {
        ("unreadable", "bad.png"),
        ("test set", "leak.png"),
        ("duplicate", "same.png"),
        ("enlarged", "enlarged.png"),
        ("too small", "small.png"),
        ("jpeg", "x.jpg"),
    }
    assert {error.kind for error in report.errors} == {"unreadable", "test set"}
    assert report.findings[0].severity == Severity.ERROR
    assert "flipped or turned" in str(report)


def test_planted_defects_of_pairs_are_found(write, photograph):
    hr = {f"{n}.png": photograph(128, 144, seed=n) for n in range(5)}
    lr = {name: downscale(pixels, 2) for name, pixels in hr.items()}
    lr["1.png"] = hr["1.png"][::2, ::2]
    lr["2.png"] = downscale(hr["2.png"], 4)
    lr["3.png"] = lr["4.png"]
    hr_folder, lr_folder = write("hr", hr), write("lr", lr)
    (lr_folder / "0.png").write_bytes(b"")
    report = audit(hr_folder, lr=lr_folder, scale=2)
    assert found(report) == {
        ("unreadable", "0.png"),
        ("misaligned", "1.png"),
        ("ratio", "2.png"),
        ("mismatched", "3.png"),
    }
    assert "36x32 instead of 72x64" in str(report)
    assert "+0.5, +0.5 HR pixels" in str(report)


def test_planted_defects_of_gray_pairs_are_found(write, photograph):
    hr = {f"{n}.png": photograph(128, 144, seed=n) for n in range(4)}
    hr["0.png"], hr["1.png"] = hr["0.png"][..., 0], hr["1.png"][..., 0]
    lr = {name: pixels[::2, ::2] for name, pixels in hr.items()}
    lr["1.png"] = np.dstack([downscale(hr["1.png"][..., None], 2)] * 3)
    lr["2.png"] = lr["2.png"][..., 1]
    lr["3.png"] = downscale(hr["3.png"], 2)[..., 1]
    report = audit(write("hr", hr), lr=write("lr", lr), scale=2)
    assert found(report) == {("misaligned", "0.png"), ("misaligned", "2.png")}


def test_folders_of_unequal_length(write, pictures):
    hr = write("hr", pictures)
    lr = write("lr", {"0.png": downscale(pictures["0.png"], 2)})
    report = audit(hr, lr=lr, scale=2)
    assert [finding.kind for finding in report.findings] == ["unpaired"]
    assert "1 in" in report.findings[0].what


def test_progress_is_told(write, pictures):
    calls = []
    audit(
        write("hr", pictures), progress=lambda done, total: calls.append((done, total))
    )
    assert calls == [(1, 3), (2, 3), (3, 3)]


def test_a_test_picture_that_cannot_be_read_is_a_warning(write, pictures):
    test = write("test", {"t.png": pictures["1.png"]})
    (test / "bad.png").write_bytes(b"not a picture")
    calls = []
    report = audit(
        write("hr", pictures),
        test_sets=[test],
        progress=lambda *call: calls.append(call),
    )
    assert found(report) == {("test set", "1.png"), ("unreadable", "bad.png")}
    assert [error.file.name for error in report.errors] == ["1.png"]
    assert report.pictures == 3
    assert calls == [(n, 5) for n in range(1, 6)]


def test_each_severity_of_a_kind_has_its_heading(tmp_path):
    severities = (Severity.ERROR, Severity.WARNING)
    both = tuple(Finding(s, "unreadable", tmp_path, "cut off") for s in severities)
    text = str(AuditReport("mine", 2, both))
    assert "error: unreadable (1)" in text
    assert "warning: unreadable (1)" in text


def test_wrong_arguments(write, pictures, tmp_path):
    hr = write("hr", pictures)
    with pytest.raises(ArgumentError, match=r"`scale`.* needed with `lr`"):
        audit(hr, lr=hr)
    with pytest.raises(DataError, match="No pictures"):
        audit(write("empty", {}))
    with pytest.raises(DataError, match="Received: nowhere"):
        audit(hr, test_sets=["nowhere"])


def test_json_holds_every_finding(tmp_path):
    one = Finding(Severity.WARNING, "too small", tmp_path / "a.png", "8x8")
    report = AuditReport("mine", 20, (one,) * 12)
    facts = json.loads(report.to_json())
    assert facts["pictures"] == 20
    assert len(facts["findings"]) == 12
    assert facts["findings"][0] == {
        "severity": "warning",
        "kind": "too small",
        "file": str(tmp_path / "a.png"),
        "what": "8x8",
        "cure": CURES["too small"],
    }
    assert str(report).count("8x8") == 10
    assert "... and 2 more" in str(report)
