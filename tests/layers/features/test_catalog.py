"""The catalogue agrees with what stands where an outsider looks."""

from pathlib import Path

import pytest

from srkit.layers import inception
from srkit.layers.features import NETWORKS, files
from srkit.metrics.pristine import PRISTINE_FILE

README = Path(__file__).resolve().parents[3] / "datasets" / "README.md"
FILES = {plan.file: plan.sha256 or files.IMAGENET_MD5 for plan in NETWORKS.values()} | {
    inception.INCEPTION2015_FILE: inception._SHA256,
    PRISTINE_FILE: "",
}


@pytest.mark.parametrize("name", FILES)
def test_each_file_of_weights_is_listed_with_its_checksum(name):
    lines = README.read_text().splitlines()
    assert any(f"| `{name}` |" in line for line in lines)
    (checksum,) = (line for line in lines if line.startswith(f"    {name} "))
    assert FILES[name] in checksum
