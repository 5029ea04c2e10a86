import pytest

from srkit.errors import ArgumentError
from srkit.models import InceptionResNetSR
from tests.contracts import check_network
from tests.models.reach import check_reach


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_contract(scale, tmp_path):
    check_network(
        lambda: InceptionResNetSR(scale=scale, filters=8, num_blocks=2), tmp_path
    )


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_its_radius_is_what_a_pixel_sees(scale):
    check_reach(InceptionResNetSR(scale=scale, filters=8, num_blocks=3))


def test_blocks_and_upscaling_blocks_stand_in_turn():
    names = [layer.name for layer in InceptionResNetSR(num_blocks=4).layers]
    wanted = ["stem3", "block4_relu", "upsample1_activation", "upsample1_block2_relu"]
    wanted += ["upsample2_activation", "upsample2_block1_relu", "rebuild1", "tail"]
    assert [name for name in names if name in wanted] == wanted


def test_blocks_have_the_originals_branches():
    """Inception-ResNet-A as in figure 16; B and C in the ratios of 17 and 19."""
    model = InceptionResNetSR(num_blocks=2)
    widths = {
        "block1": [[32], [32, 32], [32, 48, 64]],
        "upsample1_block1": [[48], [32, 40, 48]],
        "upsample2_block1": [[48], [48, 56, 64]],
    }
    for block, branches in widths.items():
        for branch, filters in enumerate(branches, start=1):
            for number, width in enumerate(filters, start=1):
                name = f"{block}_branch{branch}_conv{number}"
                assert model.get_layer(name).filters == width
        assert model.get_layer(f"{block}_project").activation.__name__ == "linear"
    assert model.get_layer("upsample1_block1_branch2_conv2").kernel_size == (1, 7)
    assert model.get_layer("upsample2_block1_branch2_conv3").kernel_size == (3, 1)


def test_parameters_by_hand():
    def conv(size, wide, out):
        return size * wide * out + out

    a = conv(1, 64, 32) * 3 + conv(9, 32, 32) + conv(9, 32, 48) + conv(9, 48, 64)
    a += conv(1, 32 + 32 + 64, 64)
    b = conv(1, 64, 48) + conv(1, 64, 32) + conv(7, 32, 40) + conv(7, 40, 48)
    b += conv(1, 48 + 48, 64)
    c = conv(1, 64, 48) * 2 + conv(3, 48, 56) + conv(3, 56, 64) + conv(1, 48 + 64, 64)
    stem = conv(9, 3, 32) + conv(9, 32, 32) + conv(9, 32, 64)
    end = conv(9, 64, 64) + conv(9, 64, 32) + conv(9, 32, 3)
    upscaling = conv(9, 64, 256)
    by_hand = stem + 8 * a + upscaling + 4 * b + upscaling + 2 * c + end
    assert InceptionResNetSR().count_params() == by_hand


@pytest.mark.parametrize(
    "options", [{"scale": 5}, {"num_blocks": 0}, {"filters": 0}, {"filters": 12}]
)
def test_refuses_what_it_cannot_be(options):
    with pytest.raises(ArgumentError, match=next(iter(options))):
        InceptionResNetSR(**options)
