import json

import pytest
from typer.testing import CliRunner

from srkit.cli import app
from srkit.models import EDSR, CReLUNet
from srkit.models.presets import box
from srkit.training import ailments

SMALL = (
    "--scale", "2", "--crop", "16", "--batch-size", "2", "--steps-per-epoch", "2",
    "--filters", "4", "--num-blocks", "1", "--warmup", "1", "--precision", "float32",
)  # fmt: skip

WEIGHTS = box() / "edsr_x4" / "model.weights.h5"


def invoke(*arguments):
    return CliRunner().invoke(app, ["train", *map(str, arguments)])


def test_the_same_command_goes_on_and_then_has_nothing_to_do(tmp_path, picture_folder):
    run = tmp_path / "run"
    command = (
        "edsr", "--data", picture_folder, "--validation", picture_folder,
        "-o", run, *SMALL, "--steps", 3,
    )  # fmt: skip
    first = invoke(*command)
    assert first.exit_code == 0, first.output
    assert f"{run / 'best'}: trained for 3 steps" in first.stdout
    assert "EDSR x2: 3 steps of 2 crops of 16 pixels, LR=bicubic, l1" in first.stderr
    assert EDSR.from_preset(run / "best").get_config()["num_blocks"] == 1
    recipe = json.loads((run / "recipe.json").read_text())
    assert (recipe["network"], recipe["steps"], recipe["options"]["filters"]) == (
        "EDSR", 3, 4,
    )  # fmt: skip
    log = (run / "log.csv").read_text()
    assert invoke(*command).exit_code == 0
    assert (run / "log.csv").read_text() == log

    start = tmp_path / "start.json"
    start.write_text(json.dumps(recipe))
    more = ("--scale", 4, "--init", run / "best", "--recipe", start)
    other = invoke("edsr", *more, "-o", tmp_path / "x4", "--crop", 16)
    assert other.exit_code == 0, other.output
    assert "layers start from" in other.stderr
    assert EDSR.from_preset(tmp_path / "x4" / "best").scale == 4


def test_a_degraded_run_says_so_and_refuses_another(tmp_path, picture_folder):
    run = tmp_path / "run"
    command = (
        "edsr", "--data", picture_folder, "--validation", picture_folder,
        "-o", run, *SMALL, "--steps", 2, "--degradation",
    )  # fmt: skip
    first = invoke(*command, "cctv")
    assert first.exit_code == 0, first.output
    assert json.loads((run / "recipe.json").read_text())["degradation"] == "cctv"
    assert "LR=bicubic+cctv.seed0" in (run / "best" / "README.md").read_text()
    other = invoke(*command, "jpeg")
    assert other.exit_code == 1
    assert "`data.degradation." in other.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["resnet50", "--data", "x"],
            "`network` must be one of convautoencoder, crelunet, edsr",
        ),
        (["edsrr", "--data", "x"], "Did you mean 'edsr'?"),
        (["srgan", "--data", "x", "--content", "none"], "set pixel_weight=1"),
        (["srgan", "--data", "x", "--content", "vgg45"], "`content` must be one of"),
        (["edsr"], "`--data` must name"),
        (["edsr", "--data", "no-such-folder"], "no-such-folder"),
        (["edsr", "--data", "x", "--loss", "l3"], "`loss` must be one of"),
        (["edsr", "--data", "x", "--scale", "5"], "`scale`"),
        (["edsr", "--data", "x", "--degradation", "ctcv"], "Did you mean 'cctv'"),
        (["edsr", "--data", "x", "--recipe", "none.json"], "`--recipe` cannot be read"),
        (["edsr", "--data", "x", "--recipe", WEIGHTS], "`--recipe` cannot be read"),
        (["edsr", "--data", "x", "--seed", "-1"], "`seed` must be from 0"),
        (
            ["srresnet", "--data", "x", "--residual-scale", "1", "--num-blocks", "1"],
            "no such option",
        ),
    ],
)
def test_what_cannot_be_trained_is_said_in_one_line(arguments, message):
    result = invoke(*arguments)
    assert result.exit_code == 1
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_weights_that_are_missing_are_asked_for_by_the_option(picture_folder):
    command = "srgan", "--data", picture_folder, *SMALL, "--warmup", 0, "--crop", 32
    for content, received in (
        (("vgg19-relu3_1", "--content-weights", "none.npz"), "Received: 'none.npz'"),
        (("vgg19-distilled-relu5_1",), "Received: 'imagenet'"),
    ):
        said = invoke(*command, "--content", *content).stderr
        assert "srkit: `--content-weights`" in said
        assert f"{received}" in said
        assert "--content none --pixel-weight 1" in said


@pytest.mark.slow
def test_a_papers_recipe_runs_both_stages(tmp_path, picture_folder):
    start = tmp_path / "start.json"
    tiny = {"filters": 4, "units": 4}
    start.write_text(json.dumps({"discriminator_options": tiny}))
    command = (
        "srgan", "--data", picture_folder, "-o", tmp_path / "run", "--recipe", start,
        *SMALL, "--crop", 32, "--steps", 2, "--pretraining-steps", 2,
        "--warmup", 0, "--content", "none", "--pixel-weight", 1,
    )  # fmt: skip
    done = invoke(*command)
    assert done.exit_code == 0, done.output
    assert str(tmp_path / "run" / "adversarial" / "best") in done.stdout
    told = "SRResNet x2 against SRGANDiscriminator: 2 steps of 2 crops of 32 pixels, "
    told += "LR=bicubic, "
    assert f"{told}0.001 vanilla + 1 l2" in done.stderr
    for stage in ("pretraining", "adversarial"):
        assert (tmp_path / "run" / stage / "last" / "config.json").exists()
    other = invoke(*command, "--adversarial-weight", 1)
    assert other.exit_code == 1
    assert "`adversarial_weight` was 0.001 and is now 1" in other.output


@pytest.mark.slow
def test_line_art_is_trained_on_luma_with_an_opponent_if_asked(
    tmp_path, picture_folder
):
    command = (
        "lineart", "--data", picture_folder, "--validation", picture_folder, *SMALL,
        "--crop", 32, "--steps", 2, "--pretraining-steps", 2, "--content", "none",
        "--pixel-weight", 1, "--loss", "edges", "--degradation", "lineart",
        "--warmup", 0,
    )  # fmt: skip
    for weight, told in ((0, ""), (1, "1 vanilla + ")):
        run = tmp_path / f"run{weight}"
        done = invoke(*command, "-o", run, "--adversarial-weight", weight)
        assert done.exit_code == 0, done.output
        line = "CReLUNet x2 against GlobalPoolDiscriminator: 2 steps of 2 crops of 32 "
        assert f"{line}pixels, LR=bicubic+lineart, {told}1 edges" in done.stderr
        network = CReLUNet.from_preset(run / "adversarial" / "last")
        assert network.channels == 1
        assert bool(network.adversarial) == bool(weight)


@pytest.mark.slow
def test_a_run_that_the_doctor_stopped_says_at_which_step(
    tmp_path, picture_folder, monkeypatch
):
    always = ailments.Ailment(
        name="cold", sentence="It is cold.", sign=lambda figures: True, lasting=2
    )
    monkeypatch.setattr("srkit.training.doctor.AILMENTS", (always,))
    command = (
        "srgan", "--data", picture_folder, "-o", tmp_path / "run", "--stop-when-ill",
        *SMALL, "--crop", 32, "--steps", 9, "--pretraining-steps", 0,
        "--warmup", 0, "--content", "none", "--pixel-weight", 1,
    )  # fmt: skip
    done = invoke(*command)
    assert done.exit_code == 1
    assert "srkit: the doctor stopped it at step 2" in done.stderr
    assert "trained for" not in done.stdout
