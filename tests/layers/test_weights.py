"""Weights are read whole and checked, or it is said in one line why not."""

import hashlib

import pytest

from srkit.errors import WeightsError
from srkit.layers.inception import inception2015
from srkit.layers.weights import read_weights
from srkit.metrics.pristine import load_pristine


def test_the_checksum_is_checked(tmp_path):
    path = tmp_path / "weights.h5"
    path.write_bytes(b"weights")
    right = hashlib.sha256(b"weights").hexdigest()
    assert read_weights(path) == (b"weights", right)
    assert read_weights(path, sha256=right.upper()) == (b"weights", right)
    with pytest.raises(WeightsError, match=r"SHA-256 123456.*Received: .*\(7 bytes\)"):
        read_weights(path, sha256="123456" * 10)
    with pytest.raises(WeightsError, match="must have the SHA-256"):
        read_weights(path, sha256="")


@pytest.mark.parametrize("read", [read_weights, inception2015, load_pristine])
def test_whoever_reads_names_a_pointer_of_git_lfs(read, tmp_path):
    path = tmp_path / "weights.npz"
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    with pytest.raises(WeightsError, match=r"Git LFS pointer.*git lfs pull"):
        read(path)
