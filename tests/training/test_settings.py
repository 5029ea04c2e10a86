import keras

from srkit.training.settings import describe, first_difference, optimizers
from tests.training import duels, tiny


def described(model, **extra):
    return describe(model, model, extra)


def test_the_same_model_built_again_has_the_same_settings():
    first, second = (tiny.compiled(name=name) for name in ("one", "two"))
    assert first_difference(described(first), described(second)) is None


def test_a_difference_is_named_with_both_values():
    first = described(tiny.compiled(), ema=0.9)
    halved = keras.optimizers.schedules.ExponentialDecay(1e-3, 10, 0.5)
    for other, message in (
        (described(tiny.compiled(interpolated=True), ema=0.9), "network.interpolated"),
        (described(tiny.compiled(), ema=None), "`ema` was 0.9 and is now None"),
        (described(tiny.compiled(learning_rate=halved), ema=0.9), "learning_rate"),
    ):
        assert message in first_difference(first, other)


def test_a_rate_that_callbacks_may_change_is_no_setting():
    first, second = tiny.compiled(), tiny.compiled(learning_rate=1.0)
    assert first_difference(described(first), described(second)) is None
    pair = [duels.trainer(dtype="mixed_float16") for _ in range(2)]
    for model, rate in zip(pair, (1e-3, 1e-4), strict=True):
        model.compile(keras.optimizers.Adam(rate))
    first, second = (describe(model, model.generator, {}) for model in pair)
    assert first_difference(first, second) is None
    pair[1].compile(keras.optimizers.Adam(1e-4, beta_1=0.5))
    second = describe(pair[1], pair[1].generator, {})
    assert "beta_1` was 0.9 and is now 0.5" in first_difference(first, second)


def test_the_loss_counts():
    first, second = tiny.compiled(), tiny.network()
    second.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    difference = first_difference(described(first), described(second))
    assert difference == "`loss.name_of` was mae and is now mse"


def test_layers_of_a_plain_model_may_be_numbered_anew():
    def build():
        inputs = keras.Input((4,))
        return keras.Model(inputs, keras.layers.Dense(2)(inputs))

    assert first_difference(described(build()), described(build())) is None


def test_two_optimizers_are_found_once_each():
    model = tiny.network()
    model.generator_optimizer = keras.optimizers.Adam()
    model.optimizer = model.generator_optimizer
    model.discriminator_optimizer = keras.optimizers.SGD()
    assert len(optimizers(model)) == 2
