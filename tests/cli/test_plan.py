"""From a command line to a recipe, and the recipe told in a line a stage."""

import json
from dataclasses import replace

import pytest

from srkit.cli import plan
from srkit.errors import ArgumentError
from srkit.models import EDSR
from srkit.training import RECIPES


def recipe_of(network, file=None, **given):
    return plan.recipe_of(file, {"network": network, "data": ["x"], **given})


@pytest.mark.parametrize(("steps", "warmup"), [(20, 2), (4000, 400), (90_000, 500)])
def test_a_short_run_warms_up_in_a_tenth(steps, warmup):
    assert recipe_of("edsr", steps=steps).warmup == warmup
    assert recipe_of("edsr", steps=steps, warmup=7).warmup == 7


def test_a_file_changes_a_papers_recipe_where_it_speaks(tmp_path):
    file = tmp_path / "part.json"
    file.write_text('{"crop": 64, "data": "x"}')
    recipe = plan.recipe_of(file, {"network": "cctv-gan", "steps": 5})
    assert recipe == replace(RECIPES["cctv-gan"], crop=64, data=("x",), steps=5)


@pytest.mark.parametrize(
    ("name", "value"),
    [("pretraining_steps", 5), ("content", "nonsense"), ("stop_when_ill", True)],
)
def test_options_of_a_gan_are_refused_elsewhere(name, value):
    option = name.replace("_", "-")
    with pytest.raises(ArgumentError, match=f"`--{option}` must go with.*: edsr"):
        recipe_of("edsr", **{name: value})


def test_a_schedule_stands_in_the_milestones_place():
    recipe = recipe_of("srgan", schedule="cosine", warmup=500)
    assert (recipe.schedule, recipe.warmup, recipe.milestones) == ("cosine", 500, ())
    assert recipe_of("srgan").milestones == (0.5,)


def test_a_warmup_that_no_rate_has_is_refused():
    for given in ({"network": "srgan"}, {"network": "edsr", "schedule": "halving"}):
        with pytest.raises(ArgumentError, match=r"`--warmup` must go with.*warmup 9"):
            recipe_of(**given, warmup=9)
    assert recipe_of("srgan", warmup=0).warmup == 0


def test_a_part_of_the_pretraining_leaves_the_rest(tmp_path):
    file = tmp_path / "part.json"
    file.write_text('{"pretraining": {"learning_rate": 1e-3}}')
    usual = RECIPES["srgan"].pretraining
    changed = recipe_of("srgan", file).pretraining
    assert changed == {**usual, "learning_rate": 1e-3}


def test_a_network_has_the_options_of_the_preset_that_it_starts_from(tmp_path):
    source = EDSR(scale=2, filters=4, num_blocks=1, interpolated=True)
    start = str(source.save_preset(tmp_path / "start"))
    like = {name: v for name, v in source.options.items() if name != "scale"}
    assert recipe_of("edsr", scale=2, initial=start).options == like
    assert recipe_of("edsr", scale=2, initial=start, filters=8).options == {
        "filters": 8
    }
    for network, scale in (("edsr", 4), ("srresnet", 2)):
        assert recipe_of(network, scale=scale, initial=start).options == {}
    written = tmp_path / "recipe.json"
    written.write_text(json.dumps({"options": {"num_blocks": 2}}))
    other = recipe_of("edsr", written, scale=2, initial=start)
    assert other.options == {"num_blocks": 2}


def test_every_stage_is_told():
    assert plan.outline(recipe_of("esrgan", steps=1000)).splitlines() == [
        "RRDBNet x4: 1,000,000 steps of 16 crops of 128 pixels, LR=bicubic, l1, "
        "learning rate 0.0002",
        "RRDBNet x4 against SRGANDiscriminator: 1,000 steps of 16 crops of 128 pixels, "
        "LR=bicubic, 1 esrgan + 0.005 relativistic + 0.01 l1, learning rate 0.0001",
    ]
    assert ", LR=bicubic+cctv, " in plan.outline(recipe_of("srgan", degradation="cctv"))
    (line,) = plan.outline(recipe_of("cctv-gan", pretraining_steps=0)).splitlines()
    assert ", 0.001 vanilla + 1 l2, " in line
    assert plan.outline(recipe_of("edsr")).startswith("EDSR x4: 20,000 steps")
