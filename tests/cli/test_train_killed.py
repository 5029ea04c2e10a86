"""`srkit train srgan`, killed in each stage, against the same command left alone."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time

import pytest

from tests.training import runs

STEPS, EVERY = 48, 5
SMALL = {
    "options": {"filters": 8, "num_blocks": 1},
    "discriminator_options": {"filters": 4, "units": 8},
    "crop": 32,
    "batch_size": 4,
    "steps": STEPS,
    "pretraining": {"steps": STEPS},
    "steps_per_epoch": 12,
    "deterministic": True,
}


def command(folder, pictures, run):
    """The command as typed; on real pictures and features where they are at hand."""
    (folder / "small.json").write_text(json.dumps(SMALL))
    real = os.environ.get("SRKIT_DATASETS")
    features = f"{real}/weights/vgg19_normalised_relu3_1.npz"
    tied = (
        ("--content", "vgg19-relu3_1", "--content-weights", features)
        if real
        else ("--content", "none", "--pixel-weight", "1")
    )
    return [
        sys.executable, "-c", "from srkit.cli import app; app()", "train", "srgan",
        "--data", f"{real}/train/bsds400" if real else str(pictures), *tied,
        "--recipe", str(folder / "small.json"), "--cache", str(folder / "cache"),
        "--checkpoint-every", str(EVERY), "-o", str(run),
    ]  # fmt: skip


def kill_within(stage, line):
    """Start the command; kill it at some moment after some checkpoint of the stage."""
    chance = random.SystemRandom()
    after = chance.randrange(EVERY, STEPS - 2 * EVERY)
    process = subprocess.Popen(line, stderr=subprocess.DEVNULL)
    while newest(stage) < after:
        assert process.poll() is None
        time.sleep(0.01)
    time.sleep(chance.uniform(0, 0.2))
    process.kill()
    process.wait()
    assert newest(stage) < STEPS


def newest(stage):
    steps = (stage / "checkpoints").glob("step-*.npz")
    return max((int(path.stem.removeprefix("step-")) for path in steps), default=0)


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.tensorflow
def test_it_ends_bit_for_bit_the_same(tmp_path, picture_folder):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    line = command(tmp_path, picture_folder, whole)
    subprocess.run(line, check=True)
    line[-1] = str(broken)
    for stage in ("pretraining", "adversarial"):
        kill_within(broken / stage, line)
    subprocess.run(line, check=True)
    for stage in ("pretraining", "adversarial"):
        runs.assert_equal(whole / stage, broken / stage)
