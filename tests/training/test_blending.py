import keras
import numpy as np
import pytest

import srkit
from srkit.errors import ArgumentError
from srkit.models import EDSR, SRResNet


def network(**options):
    return SRResNet(scale=2, **{"filters": 4, "num_blocks": 1, **options})


def test_each_weight_lies_between_the_two_moving_statistics_too():
    first, second = network(), network()
    second.set_weights([weight + 1 for weight in second.get_weights()])
    blended = srkit.blend(first, second, 0.75)
    for a, b, c in zip(
        *(model.get_weights() for model in (first, second, blended)), strict=True
    ):
        np.testing.assert_allclose(c, 0.25 * a + 0.75 * b, rtol=1e-6, atol=1e-7)
    for alpha, same in ((0, first), (1, second)):
        ends = srkit.blend(first, second, alpha).get_weights()
        for a, b in zip(ends, same.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)


def test_names_are_to_be_loaded_first():
    with pytest.raises(ArgumentError, match=r"from_preset\('srgan_x4'\)"):
        srkit.blend(network(), "srgan_x4", 0.5)


def test_alpha_is_on_the_card(tmp_path):
    blended = srkit.blend(network(name="faithful"), network(name="sharp"), 0.8)
    assert blended.alpha == 0.8
    blended.save_preset(tmp_path / "blend", card="# Blend\n")
    card = (tmp_path / "blend" / "README.md").read_text()
    assert card.startswith("# Blend\n\n")
    assert "from faithful, trained on pixels, to sharp, trained adversarially" in card
    assert "at alpha = 0.8: the fine detail" in card
    assert "prove nothing" in card


def test_a_blend_invents_as_much_as_its_parts(tmp_path):
    first, second = network(), network()
    assert srkit.blend(first, second, 0).adversarial == ""
    second.adversarial = "trained against a discriminator"
    for model, name in ((first, "faithful"), (second, "sharp")):
        model.save_preset(tmp_path / name)
    first, second = (
        SRResNet.from_preset(tmp_path / name) for name in ("faithful", "sharp")
    )
    assert srkit.blend(first, second, 0).adversarial == ""
    assert srkit.blend(second, first, 0).adversarial == second.adversarial
    blended = srkit.blend(first, second, 0.25)
    blended.save_preset(tmp_path / "blend")
    card = (tmp_path / "blend" / "README.md").read_text()
    assert f"from {first.origin}, trained on pixels, to {second.origin}," in card
    assert "trained against a discriminator, at alpha = 0.25:" in card
    assert "to sharp (weights" in blended.label(2).sentence


def test_a_plain_keras_model_is_blended_too():
    def plain():
        inputs = keras.Input((None, None, 3))
        return keras.Model(inputs, keras.layers.Conv2D(3, 3, padding="same")(inputs))

    first, second = plain(), plain()
    blended = srkit.blend(first, second, 0.5)
    wanted = (first.get_weights()[0] + second.get_weights()[0]) / 2
    np.testing.assert_allclose(blended.get_weights()[0], wanted, rtol=1e-6)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (lambda: network(filters=8), "`filters` is 4 in one and 8"),
        (lambda: network(batch_norm=False), "`batch_norm`"),
        (lambda: EDSR(scale=2, filters=4, num_blocks=1), "SRResNet and EDSR"),
    ],
)
def test_other_architectures_are_refused(other, message):
    with pytest.raises(ArgumentError, match=message):
        srkit.blend(network(), other(), 0.5)


@pytest.mark.parametrize("alpha", [-0.1, 1.1, float("nan")])
def test_alpha_is_a_share(alpha):
    with pytest.raises(ArgumentError, match="alpha"):
        srkit.blend(network(), network(), alpha)
