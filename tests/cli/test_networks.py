"""The networks that a recipe names."""

import pytest

from srkit.cli import networks
from srkit.errors import ArgumentError
from srkit.models import SRResNet
from srkit.training import GanRecipe, Recipe

SMALL = {"filters": 4, "num_blocks": 1}


@pytest.mark.parametrize("name", ["Discriminator", "EDSR"])
def test_what_is_no_discriminator_is_refused(name):
    known = "GlobalPoolDiscriminator, SRGANDiscriminator, UNetDiscriminator. Received"
    with pytest.raises(ArgumentError, match=f"must be one of {known}: '{name}'"):
        networks.discriminator(GanRecipe(discriminator=name), 3)


def test_options_that_a_discriminator_lacks_are_named():
    recipe = GanRecipe(discriminator_options={"depth": 3})
    with pytest.raises(ArgumentError, match=r"SRGANDiscriminator takes no.*'depth'"):
        networks.discriminator(recipe, 3)


def test_a_discriminator_sees_the_channels_that_are_made():
    recipe = GanRecipe(discriminator_options={"filters": 2, "units": 2})
    assert networks.discriminator(recipe, 1).channels == 1


def test_a_discriminator_of_another_size_than_the_crops_is_refused():
    options = {"filters": 2, "units": 2, "size": 32}
    fitting = GanRecipe(crop=32, discriminator_options=options)
    assert networks.discriminator(fitting, 3).size == 32
    recipe = GanRecipe(crop=48, discriminator_options=options)
    with pytest.raises(ArgumentError, match=r"`crop`, 48; .* Received: 32"):
        networks.discriminator(recipe, 3)


def test_options_that_keep_layers_from_a_start_are_told(tmp_path, capsys):
    source = SRResNet(scale=2, **SMALL, batch_norm=False)
    start = str(source.save_preset(tmp_path / "start"))
    recipe = Recipe(network="SRResNet", scale=2, options=SMALL, initial=start)
    model = networks.network(recipe)
    told = capsys.readouterr().err
    copied = sum(bool(layer.weights) for layer in source.layers)
    layers = sum(bool(layer.weights) for layer in model.layers)
    assert copied < layers
    start_of = f"{copied} of {layers} layers start from {start}"
    assert f"{start_of}; it has batch_norm=False\n" in told
    wider = Recipe(network="SRResNet", scale=2, initial=start)
    with pytest.raises(ArgumentError, match=r"`--init`.*; it has filters=4, num_bl"):
        networks.network(wider)
