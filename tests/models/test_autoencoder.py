import pytest
from keras import ops

from srkit.errors import ArgumentError
from srkit.models import ConvAutoencoder
from tests.contracts import check_network


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_contract(scale, tmp_path):
    check_network(lambda: ConvAutoencoder(scale=scale, filters=4, code=6), tmp_path)


def test_sigmoid_contract(tmp_path):
    check_network(
        lambda: ConvAutoencoder(filters=4, code=6, activation="sigmoid"), tmp_path
    )


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_the_result_fills_the_range_and_no_more(activation, rng):
    model = ConvAutoencoder(filters=4, code=6, activation=activation)
    tail = model.get_layer("tail")
    tail.kernel.assign(tail.kernel * 1e4)
    sr = model(rng.uniform(-1, 1, (1, 8, 8, 3)).astype("float32"))
    assert float(ops.min(sr)) == pytest.approx(-1, abs=1e-3)
    assert float(ops.max(sr)) == pytest.approx(1, abs=1e-3)


def test_the_code_is_an_eighth_of_hr():
    model = ConvAutoencoder(scale=4)
    code = model.get_layer("code")
    assert code.filters == 128
    assert code.compute_output_shape(code.input.shape)[-1] == 128
    shapes = [model.get_layer(n).filters for n in ("head", "encoder2", "encoder3")]
    assert shapes == [64, 128, 256]
    strides = [model.get_layer(n).strides for n in ("head", "encoder2", "encoder3")]
    assert strides == [(2, 2)] * 3


@pytest.mark.parametrize("code", [128, 256])
def test_parameters_by_hand(code):
    def conv(size, wide, out):
        return size * wide * out + out

    encoder = conv(9, 3, 64) + conv(9, 64, 128) + conv(9, 128, 256)
    decoder = conv(16, code, 256) + conv(16, 256, 128) + conv(16, 128, 64)
    by_hand = encoder + conv(9, 256, code) + decoder + conv(9, 64, 3)
    assert ConvAutoencoder(code=code).count_params() == by_hand


@pytest.mark.parametrize(
    "options", [{"scale": 5}, {"filters": 0}, {"code": 0}, {"activation": "relu"}]
)
def test_refuses_what_it_cannot_be(options):
    with pytest.raises(ArgumentError, match=next(iter(options))):
        ConvAutoencoder(**options)
