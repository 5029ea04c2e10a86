import keras
import numpy as np
import pytest
from keras import ops

from srkit.layers import SpectralConv2D
from tests.contracts import check_layer


@pytest.mark.parametrize("strides", [1, 2])
def test_contract(strides):
    check_layer(SpectralConv2D(5, 4, strides), (2, 9, 6, 3))


def _built(x, *, calls=0):
    layer = SpectralConv2D(6)
    layer(x)
    layer.kernel.assign(3 * np.asarray(layer.kernel))
    for _ in range(calls):
        layer(x, training=True)
    return layer


@pytest.fixture
def x(rng):
    return rng.normal(size=(2, 7, 8, 4)).astype("float32")


def test_the_kernel_is_divided_by_its_largest_singular_value(x):
    layer = _built(x, calls=60)
    kernel = ops.convert_to_numpy(layer.kernel)
    largest = np.linalg.svd(kernel.reshape(-1, 6), compute_uv=False)[0]
    expected = ops.conv(x, kernel / largest, padding="same")
    np.testing.assert_allclose(
        ops.convert_to_numpy(layer(x)), ops.convert_to_numpy(expected), atol=1e-4
    )


def test_only_training_moves_the_vector_and_nothing_the_kernel(x):
    layer = _built(x)
    kernel, vector = (ops.convert_to_numpy(w) for w in (layer.kernel, layer.vector))
    layer(x)
    np.testing.assert_array_equal(ops.convert_to_numpy(layer.vector), vector)
    layer(x, training=True)
    assert np.abs(ops.convert_to_numpy(layer.vector) - vector).max() > 0
    np.testing.assert_array_equal(ops.convert_to_numpy(layer.kernel), kernel)


def test_a_larger_kernel_makes_no_difference(x):
    layer = _built(x, calls=60)
    before = ops.convert_to_numpy(layer(x))
    layer.kernel.assign(7 * ops.convert_to_numpy(layer.kernel))
    np.testing.assert_allclose(ops.convert_to_numpy(layer(x)), before, atol=1e-5)


def test_the_gradient_sees_the_division(x):
    """Nothing is to be gained by growing the kernel: along it the gradient is 0."""
    layer = _built(x, calls=60)
    kernel = ops.convert_to_numpy(layer.kernel)
    gradient = _gradient(layer, x)
    along = np.sum(gradient * kernel)
    assert np.abs(along) < 1e-4 * np.linalg.norm(gradient) * np.linalg.norm(kernel)


def _gradient(layer, x):
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(layer(x) ** 2)
        return tape.gradient(loss, layer.kernel.value).numpy()
    import jax

    def loss_of(kernel):
        others = layer.non_trainable_variables
        return ops.sum(layer.stateless_call([kernel], others, x)[0] ** 2)

    return np.asarray(jax.grad(loss_of)(layer.kernel.value))
