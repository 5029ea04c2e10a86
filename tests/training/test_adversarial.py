import keras
import numpy as np
import pytest
from keras import ops

from srkit.errors import ArgumentError, DivergedError, ImageError
from srkit.losses import LeastSquares, RelativisticAverage, Vanilla
from srkit.metrics import PSNR
from srkit.training import AdversarialTrainer, Players, learning
from tests.training import duels, tiny


def fit(model, *, steps=3, first=0, **options):
    data = tiny.Batches(steps, make=duels.batch)
    data.set(first)
    return model.fit(data, verbose=0, shuffle=False, **options)


@pytest.mark.parametrize(
    "loss", [Vanilla(), Vanilla(saturating=True), RelativisticAverage(), LeastSquares()]
)
def test_the_loss_object_makes_the_method_and_both_players_learn(loss):
    model = duels.trainer(adversarial_loss=loss)
    model.compile(metrics=[PSNR(shave=2)])
    players = (model.generator, model.discriminator)
    before = [duels.arrays(player.trainable_variables) for player in players]
    history = fit(model).history
    for player, old in zip(players, before, strict=True):
        assert any(
            (a != b).any()
            for a, b in zip(old, duels.arrays(player.trainable_variables), strict=True)
        )
    assert {"loss", "pixel_loss", "adversarial_loss", "discriminator_loss"} <= set(
        history
    )
    assert history["skipped"] == [0.0]
    assert np.isfinite([value for values in history.values() for value in values]).all()
    total = history["pixel_loss"][0] + 1e-3 * history["adversarial_loss"][0]
    assert history["loss"][0] == pytest.approx(total, rel=1e-4)
    assert history["psnr"][0] > 0


def test_a_step_is_the_papers_by_hand():
    """Plain descent, against slopes of each player's term by differences."""
    model = duels.trainer(adversarial_weight=0.1)
    model.compile(
        keras.optimizers.SGD(0.1), discriminator_optimizer=keras.optimizers.SGD(0.05)
    )
    lr, hr = (ops.convert_to_tensor(x) for x in duels.batch(0))
    sr = model.generator(lr, training=True)
    loss = model.adversarial_loss

    def mine():
        fake = model.discriminator(model.generator(lr, training=True), training=True)
        pixel = ops.mean(ops.square(hr - model.generator(lr, training=True)))
        return float(pixel + 0.1 * loss.generator(None, fake))

    def theirs():
        real = model.discriminator(hr, training=True)
        fake = model.discriminator(sr, training=True)
        return float(loss.discriminator(real, fake))

    wanted = []
    for player, term in ((model.generator, mine), (model.discriminator, theirs)):
        bias = player.trainable_variables[-1]
        value = duels.arrays([bias])[0]
        slopes = np.zeros_like(value)
        for index in np.ndindex(value.shape):
            for sign in (1, -1):
                moved = value.copy()
                moved[index] += sign * 1e-2
                bias.assign(moved)
                slopes[index] += sign * term() / 2e-2
        bias.assign(value)
        rate = 0.1 if player is model.generator else 0.05
        wanted.append((bias, value - rate * slopes))
    for layer in model.discriminator.layers:  # as the looks above have left them
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.moving_mean.assign(np.zeros(layer.moving_mean.shape))
    fit(model, steps=1)
    for bias, value in wanted:
        np.testing.assert_allclose(duels.arrays([bias])[0], value, atol=2e-4)


JIT = ("auto", pytest.param(True, marks=pytest.mark.slow))


@pytest.mark.parametrize("jit_compile", JIT)
def test_the_same_on_both_backends_and_compiled(jit_compile):
    """Figures of JAX and TensorFlow, from weights that are the same function."""
    model = duels.trainer(adversarial_loss=RelativisticAverage())
    for number, variable in enumerate(model.trainable_variables):
        values = np.sin(np.arange(np.prod(variable.shape)) + number) / 5
        variable.assign(values.reshape(variable.shape))
    model.compile(keras.optimizers.Adam(1e-2), jit_compile=jit_compile)
    history = fit(model, steps=4).history
    found = [history[name][0] for name in ("loss", "discriminator_loss", "lr_psnr")]
    np.testing.assert_allclose(found, FIGURES, rtol=2e-4)


FIGURES = [0.3449087, 0.6932299, 16.591764]


def test_evaluate_measures_and_changes_nothing():
    model = duels.trainer()
    model.compile()
    before = duels.arrays(model.variables)
    scores = model.evaluate(*duels.batch(0), verbose=0, return_dict=True)
    for old, new in zip(before, duels.arrays(model.variables), strict=True):
        np.testing.assert_array_equal(old, new)
    sr = model.predict(duels.batch(0)[0], verbose=0)
    np.testing.assert_allclose(sr, model.generator(duels.batch(0)[0]), atol=1e-6)
    error = np.mean((sr - duels.batch(0)[1]) ** 2)
    assert scores["pixel_loss"] == pytest.approx(error, rel=1e-5)
    assert "skipped" not in scores
    model.reset_metrics()
    lr, hr = (ops.convert_to_tensor(x) for x in duels.batch(0))
    again = learning.measure(model, (lr, hr))
    assert float(again["pixel_loss"]) == pytest.approx(error, rel=1e-5)
    history = fit(model, validation_data=duels.batch(1)).history
    assert "val_discriminator_loss" in history
    assert "val_generator_movement" not in history


def test_it_is_saved_whole_with_both_optimisers(tmp_path):
    model = duels.trainer(adversarial_loss=Vanilla(smoothing=0.1))
    model.compile(keras.optimizers.Adam(2e-4, beta_1=0.8))
    fit(model)
    model.save(tmp_path / "gan.keras")
    again = keras.saving.load_model(tmp_path / "gan.keras")
    assert again.generator.adversarial == "trained against a discriminator"
    assert isinstance(again, AdversarialTrainer)
    assert isinstance(again.optimizer, Players)
    assert again.adversarial_loss.smoothing == 0.1
    for old, new in zip(model.variables, again.variables, strict=True):
        np.testing.assert_array_equal(*duels.arrays([old, new]))
    moments = zip(model.optimizer.variables, again.optimizer.variables, strict=True)
    for old, new in moments:
        np.testing.assert_array_equal(*duels.arrays([old, new]))
    assert int(again.optimizer.iterations) == 3
    fit(model, first=3)
    fit(again, first=3)
    for old, new in zip(model.weights, again.weights, strict=True):
        np.testing.assert_allclose(*duels.arrays([old, new]), rtol=1e-5, atol=1e-7)


def test_pictures_that_are_no_numbers_are_skipped_counted_and_end_the_run():
    def broken(index):
        lr, hr = duels.batch(index)
        return (lr * np.nan if index > 0 else lr), hr

    model = duels.trainer(max_skipped=2)
    model.compile()
    fit(model, steps=1)
    before = duels.arrays([*model.variables, *model.optimizer.variables])
    data = tiny.Batches(9, make=lambda index: broken(index + 1))
    with pytest.raises(DivergedError, match=r"3 steps in a row.*learning rates"):
        model.fit(data, verbose=0, shuffle=False)
    after = duels.arrays([*model.variables, *model.optimizer.variables])
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)

    alternating = tiny.Batches(
        6, make=lambda index: broken(index % 2 * 5) if index else duels.batch(0)
    )
    history = model.fit(alternating, verbose=0, shuffle=False).history
    assert history["skipped"] == [3.0]
    assert np.isfinite(history["loss"]).all()


def test_the_discriminator_may_learn_alone_at_first():
    model = duels.trainer(discriminator_warmup=2)
    model.compile()
    mine = duels.arrays(model.generator.trainable_variables)
    theirs = duels.arrays(model.discriminator.trainable_variables)
    fit(model, steps=2)
    for old, new in zip(mine, model.generator.trainable_variables, strict=True):
        np.testing.assert_array_equal(old, duels.arrays([new])[0])
    new = duels.arrays(model.discriminator.trainable_variables)
    assert any((a != b).any() for a, b in zip(theirs, new, strict=True))
    assert int(model.optimizer.iterations) == 0
    fit(model, steps=1)
    assert int(model.optimizer.iterations) == 1


@pytest.mark.parametrize("jit_compile", JIT)
def test_both_are_loss_scaled_in_float16(jit_compile):
    model = duels.trainer(dtype="mixed_float16")
    model.compile(keras.optimizers.SGD(1e-2), jit_compile=jit_compile)
    pair = (model.optimizer.generator, model.optimizer.discriminator)
    for optimizer in pair:
        assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
    exact = duels.trainer()
    exact.compile(keras.optimizers.SGD(1e-2))
    exact.set_weights(model.get_weights())
    fit(model)
    fit(exact)
    for half, full in zip(model.weights, exact.weights, strict=True):
        np.testing.assert_allclose(*duels.arrays([half, full]), atol=2e-3)
    assert [int(optimizer.iterations) for optimizer in pair] == [3, 3]
    assert [float(optimizer.dynamic_scale) for optimizer in pair] == [2.0**15] * 2


@pytest.mark.parametrize("warmup", [0, 1])
def test_an_overflow_of_float16_lowers_one_scale_and_is_no_failure(warmup):
    model = duels.trainer(dtype="mixed_float16", discriminator_warmup=warmup)
    model.compile(keras.optimizers.SGD(1e-2))
    mine, theirs = model.optimizer.generator, model.optimizer.discriminator
    mine.dynamic_scale.assign(2.0**100)
    before = duels.arrays(model.trainable_variables)
    history = fit(model, steps=1).history
    assert history["skipped"] == [0.0]
    assert float(mine.dynamic_scale) == 2.0**99
    assert float(theirs.dynamic_scale) == 2.0**15
    for old, new in zip(before, model.trainable_variables, strict=True):
        np.testing.assert_array_equal(old, duels.arrays([new])[0])


@pytest.mark.parametrize("jit_compile", JIT)
def test_bfloat16_needs_no_scaling_and_stays_near(jit_compile):
    model = duels.trainer(dtype="mixed_bfloat16")
    exact = duels.trainer()
    exact.set_weights(model.get_weights())
    model.compile(keras.optimizers.SGD(1e-2), jit_compile=jit_compile)
    exact.compile(keras.optimizers.SGD(1e-2))
    fit(model)
    fit(exact)
    assert isinstance(model.optimizer.generator, keras.optimizers.SGD)
    for half, full in zip(model.weights, exact.weights, strict=True):
        assert keras.backend.standardize_dtype(half.dtype) == "float32"
        np.testing.assert_allclose(*duels.arrays([half, full]), atol=1e-2)


def test_the_learning_rate_is_the_generators_and_moves_both():
    model = duels.trainer()
    model.compile(
        keras.optimizers.Adam(1e-4), discriminator_optimizer=keras.optimizers.Adam(4e-4)
    )
    assert float(model.optimizer.learning_rate) == pytest.approx(1e-4)
    for rate in (0.0, 5e-5):  # as a scheduler warms up
        model.optimizer.learning_rate = rate
        theirs = float(model.optimizer.discriminator.learning_rate)
        assert theirs == pytest.approx(4 * rate)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"pixel_loss": None}, "content_loss"),
        ({"adversarial_weight": -1.0}, "adversarial_weight"),
        ({"discriminator_warmup": -1}, "discriminator_warmup"),
    ],
)
def test_what_cannot_be_trained_is_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        duels.trainer(**options)


def test_one_optimiser_for_both_and_data_without_originals_are_refused():
    model = duels.trainer()
    adam = keras.optimizers.Adam()
    with pytest.raises(ArgumentError, match="of its own"):
        model.compile(adam, discriminator_optimizer=adam)
    model.compile()
    with pytest.raises(ImageError, match="LR alone"):
        model.fit(duels.batch(0)[0], verbose=0)
    with pytest.raises(ArgumentError, match="`sample_weight` must be None"):
        learning.measure(model, (*duels.batch(0), np.ones(4)))


def test_a_plain_model_carries_its_scale_or_is_refused():
    network = duels.generator()
    plain = keras.Model(network.input, network.output)
    players = {"generator": plain, "discriminator": duels.discriminator()}
    with pytest.raises(ArgumentError, match=r"`model\.scale = 4`"):
        AdversarialTrainer(**players, pixel_loss="mse")
    plain.scale = 2
    assert AdversarialTrainer(**players, pixel_loss="mse").scale == 2


@pytest.mark.tensorflow
def test_the_export_is_the_generators(tmp_path):
    import tensorflow as tf

    model = duels.trainer()
    model.export(tmp_path / "export")
    loaded = tf.saved_model.load(str(tmp_path / "export"))
    assert loaded.signatures


@pytest.mark.parametrize("weight", [0.0, 1e-3])
def test_training_against_a_discriminator_marks_the_generator(weight):
    model = duels.trainer(adversarial_weight=weight)
    model.generator.origin = "preset"
    model.compile()
    assert model.generator.adversarial == ""
    fit(model, steps=1)
    assert bool(model.generator.adversarial) == (weight > 0)
    assert model.generator.origin == ""
