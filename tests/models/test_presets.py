import hashlib
import json
from pathlib import Path

import keras
import numpy as np
import pytest

from srkit.errors import OutputError, PresetError, PresetNotFoundError
from srkit.models import EDSR, SRResNet, SuperResolver, list_presets
from srkit.models.presets import CONFIG, WEIGHTS, find


@pytest.fixture
def preset(tmp_path):
    model = EDSR(scale=2, filters=4, num_blocks=1)
    return model.save_preset(tmp_path / "tiny", card="# A card\n", description="Tiny.")


def test_the_base_class_finds_the_network(preset):
    model = SuperResolver.from_preset(preset)
    assert type(model) is EDSR
    assert model.scale == 2


def test_lists_what_is_there(preset):
    (found,) = list_presets(preset.parent)
    assert (found.name, found.class_name, found.description) == (
        "tiny",
        "EDSR",
        "Tiny.",
    )
    assert (preset / "README.md").read_text() == "# A card\n"


def test_saving_again_replaces_all_three_files(preset):
    model = EDSR(scale=2, filters=4, num_blocks=1)
    model.save_preset(preset)
    again = EDSR.from_preset(preset)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert sorted(path.name for path in preset.iterdir()) == [
        "README.md",
        "config.json",
        "model.weights.h5",
    ]


def test_a_trained_network_leaves_its_optimiser_behind(preset, tmp_path):
    model = EDSR(scale=2, filters=4, num_blocks=1)
    model.compile(optimizer="adam", loss="mae")
    lr, hr = np.zeros((1, 6, 6, 3), "float32"), np.zeros((1, 12, 12, 3), "float32")
    model.fit(lr, hr, verbose=0)
    trained = model.save_preset(tmp_path / "trained")
    sizes = [(folder / WEIGHTS).stat().st_size for folder in (trained, preset)]
    assert sizes[0] == sizes[1]
    again = EDSR.from_preset(trained)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_path_is_never_taken_for_a_name(preset, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    preset.rename("edsr_x4")
    for path in ("./edsr_x4", Path("edsr_x4"), "../" + tmp_path.name + "/edsr_x4"):
        assert find(path).config["filters"] == 4
    assert find("edsr_x4").config["filters"] == 64


def test_options_can_be_changed(preset):
    model = EDSR.from_preset(preset, dtype="mixed_bfloat16")
    assert model.get_layer("head").compute_dtype == "bfloat16"


def test_a_missing_preset_lists_the_names():
    with pytest.raises(PresetNotFoundError, match="Received: 'edsr_x9'"):
        EDSR.from_preset("edsr_x9")


@pytest.mark.parametrize("level", ["best", "last", "adversarial/best"])
def test_the_folder_of_a_run_names_its_best(tmp_path, level):
    (tmp_path / level).mkdir(parents=True)
    (tmp_path / level / "config.json").write_text("{}")
    with pytest.raises(PresetNotFoundError, match=f"Did you mean .*{level}"):
        EDSR.from_preset(tmp_path)


@pytest.mark.parametrize("level", ["best", "adversarial/last"])
def test_a_preset_of_a_run_is_called_by_the_run(tmp_path, monkeypatch, level):
    model = EDSR(scale=2, filters=4, num_blocks=1)
    folder = model.save_preset(tmp_path / "mine" / level)
    assert SuperResolver.from_preset(folder).origin.startswith(f"mine/{level} (weights")
    monkeypatch.chdir(folder)
    assert find(".").name == f"mine/{level}"


def test_another_class_is_refused_by_name(preset):
    with pytest.raises(PresetError, match=r"Use srkit\.models\.EDSR"):
        SRResNet.from_preset(preset)


def test_a_wrong_checksum_is_refused(preset):
    weights = preset / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    with pytest.raises(PresetError, match="SHA-256"):
        EDSR.from_preset(preset)


def test_an_lfs_pointer_is_named(preset):
    (preset / WEIGHTS).write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(PresetError, match="git lfs pull"):
        EDSR.from_preset(preset)


def test_missing_weights_are_named(preset):
    (preset / WEIGHTS).unlink()
    with pytest.raises(PresetError, match=r"has no model\.weights\.h5"):
        EDSR.from_preset(preset)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "must be JSON"),
        ("[]", "must be JSON"),
        (json.dumps({"class": "Dense", "config": {}, "sha256": ""}), "a network of"),
    ],
)
def test_a_damaged_config_is_refused(preset, text, message):
    (preset / CONFIG).write_text(text)
    with pytest.raises(PresetError, match=message):
        EDSR.from_preset(preset)


@pytest.mark.parametrize("change", [{"depth": 3}, {"filters": 5}])
def test_a_config_that_does_not_fit_is_refused(preset, change):
    content = json.loads((preset / CONFIG).read_text())
    content["config"].update(change)
    (preset / CONFIG).write_text(json.dumps(content))
    with pytest.raises(PresetError, match="does not fit EDSR"):
        EDSR.from_preset(preset)


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="Cannot write preset"):
        EDSR(filters=4, num_blocks=1).save_preset(tmp_path / "file")


def test_every_preset_in_the_box_runs():
    names = {found.name for found in list_presets()}
    assert {"edsr_x2", "edsr_x4"} <= names
    for found in list_presets():
        model = SuperResolver.from_preset(found.name)
        assert model.count_params() <= 1_600_000
        assert found.check_weights().stat().st_size <= 7_000_000
        out = keras.ops.convert_to_numpy(model(np.zeros((1, 8, 8, model.channels))))
        assert out.shape[1] == 8 * model.scale


def test_how_a_network_was_trained_adversarially_is_kept(tmp_path):
    model = EDSR(scale=2, filters=4, num_blocks=1)
    assert "adversarial" not in model.get_config()
    model.adversarial = "trained against a discriminator"
    folder = model.save_preset(tmp_path / "gan")
    model.save(tmp_path / "gan.keras")
    assert json.loads((folder / CONFIG).read_text())["adversarial"] == model.adversarial
    for again in (
        EDSR.from_preset(folder),
        keras.saving.load_model(tmp_path / "gan.keras"),
    ):
        assert again.adversarial == model.adversarial
    assert EDSR.from_preset("edsr_x4").adversarial == ""


def test_a_preset_is_the_origin_until_it_is_trained_further(preset):
    model = EDSR.from_preset(preset)
    checksum = hashlib.sha256((preset / WEIGHTS).read_bytes()).hexdigest()
    assert model.origin == f"tiny (weights {checksum[:12]})"
    model.adversarial = "trained against a discriminator"
    model.compile(optimizer="sgd", loss="mae")
    lr, hr = np.zeros((1, 6, 6, 3), "float32"), np.zeros((1, 12, 12, 3), "float32")
    model.fit(lr, hr, verbose=0)
    assert model.origin == ""
    assert model.adversarial, "pixels make no one forget"


@pytest.mark.parametrize("card", ["", "# Title\n", "# Title\n\nText.\n\nMore.\n"])
def test_the_card_says_below_its_title_what_invented_detail_means(card, tmp_path):
    model = EDSR(scale=2, filters=4, num_blocks=1)
    model.save_preset(tmp_path / "plain", card=card)
    assert (tmp_path / "plain" / "README.md").read_text() == card
    model.adversarial = "trained against a discriminator"
    written = card
    for _ in range(2):  # the second time with the card that it has
        model.save_preset(tmp_path / "gan", card=written)
        written = (tmp_path / "gan" / "README.md").read_text()
        parts = written.split("\n\n")
        remark = parts.pop(1 if card else 0)
        assert remark.startswith("This network was trained against a discriminator:")
        assert "prove nothing" in remark
        assert "\n\n".join(parts) == card.rstrip("\n") + "\n" * (len(parts) > 1)
