"""What every network, layer, loss and metric promises, checked on any backend.

The test of a network reads

    check_network(lambda: EDSR(scale=2, filters=8, num_blocks=1), tmp_path)

and what is left in its own file is only what is its own.
"""

from __future__ import annotations

import inspect
import json

import keras
import numpy as np
import pytest
from keras import ops

from srkit.errors import ArgumentError


def check_network(build, tmp_path, *, tolerance=1e-5):
    """Check a `SuperResolver`; `build` makes a small one, its weights random."""
    network = build()
    lr = _batch((2, 12, 9, network.channels))
    sr = _run(network, lr)
    assert sr.shape == (2, 12 * network.scale, 9 * network.scale, network.channels)
    assert sr.dtype == np.float32
    assert np.isfinite(sr).all()
    assert _run(network, _batch((1, 7, 11, network.channels))).shape[1:3] == (
        7 * network.scale,
        11 * network.scale,
    )
    _check_config(network)
    _check_radius(network)

    network.save(tmp_path / "network.keras")
    network.save_preset(tmp_path / "preset")
    for again in (
        keras.saving.load_model(tmp_path / "network.keras"),
        type(network).from_preset(tmp_path / "preset"),
    ):
        assert type(again) is type(network)
        assert again.get_config() == network.get_config()
        assert (again.scale, again.radius) == (network.scale, network.radius)
        np.testing.assert_allclose(_run(again, lr), sr, atol=tolerance)

    _check_fit(network, lr, sr, loss="mae")
    _check_mixed(build, lr)


def check_discriminator(build, tmp_path, *, tolerance=1e-5):
    """Check a `Discriminator`; `build` makes a small one for pictures of side 16."""
    network, size = build(), (16, 16)
    images = _batch((2, *size, network.channels))
    logits = _run(network, images)
    per_pixel = logits.ndim == 4
    assert logits.shape == ((2, *size, 1) if per_pixel else (2, 1))
    assert logits.dtype == np.float32
    assert np.isfinite(logits).all()
    assert logits.min() < logits.max()
    if network.size is None:
        other = _run(network, _batch((1, 13, 7, network.channels)))
        assert other.shape == ((1, 13, 7, 1) if per_pixel else (1, 1))
    wrong = _batch((1, *size, network.channels + 1))
    with pytest.raises(ArgumentError, match=r"`images` of .*Received") as refused:
        network(wrong)
    assert "\n" not in str(refused.value)
    _check_config(network)

    network.save(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras")
    assert type(again) is type(network)
    assert again.get_config() == network.get_config()
    np.testing.assert_allclose(_run(again, images), logits, atol=tolerance)

    bce = keras.losses.BinaryCrossentropy(from_logits=True)
    _check_fit(network, images, np.ones_like(logits), loss=bce)
    _check_mixed(build, images)


def check_layer(layer, shape, *, tolerance=1e-5, more=(3, 1)):
    """Check a `keras.layers.Layer` on batches of `shape`, and of sides `more` larger.

    Shape:
        ``(N, H, W, C)``.
    """
    given = _batch(shape)
    out = _run(layer, given)
    assert out.shape == tuple(layer.compute_output_shape(shape))
    assert np.isfinite(out).all()
    other = (1, shape[1] + more[0], shape[2] + more[1], shape[3])
    assert _run(layer, _batch(other)).shape == tuple(layer.compute_output_shape(other))
    _check_config(layer)
    again = keras.layers.deserialize(keras.layers.serialize(layer))
    assert type(again) is type(layer)
    if not again.built:  # a layer with weights builds itself from its config
        again.build(shape)
    again.set_weights(layer.get_weights())
    np.testing.assert_allclose(_run(again, given), out, atol=tolerance)

    inputs = keras.Input((None, None, shape[-1]))
    model = keras.Model(inputs, again(inputs))
    assert model.output_shape[-1] == out.shape[-1]
    clone = keras.saving.deserialize_keras_object(
        json.loads(json.dumps(keras.saving.serialize_keras_object(model)))
    )
    assert type(clone.layers[-1]) is type(layer)

    policy = keras.dtype_policies.serialize(keras.DTypePolicy("mixed_bfloat16"))
    mixed = type(layer).from_config({**layer.get_config(), "dtype": policy})
    mixed.build(shape)
    mixed.set_weights(layer.get_weights())
    np.testing.assert_allclose(_run(mixed, given), out, atol=0.05, rtol=0.05)


def check_loss(loss, shape=(2, 12, 9, 3)):
    """Check a `keras.losses.Loss` on batches of `shape` in [-1, 1]."""
    hr, sr = _batch(shape, seed=1), _batch(shape, seed=2)
    value = float(loss(hr, sr))
    assert np.isfinite(value)
    assert float(loss(hr, hr)) < value
    nearer = float(loss(hr, 0.5 * (hr + sr)))
    assert float(loss(hr, hr)) <= nearer < value

    _check_config(loss)
    again = keras.losses.deserialize(
        json.loads(json.dumps(keras.losses.serialize(loss)))
    )
    assert type(again) is type(loss)
    np.testing.assert_allclose(float(again(hr, sr)), value, rtol=1e-6)

    halves = [float(loss(hr[i : i + 1], sr[i : i + 1])) for i in range(len(hr))]
    np.testing.assert_allclose(np.mean(halves), value, rtol=1e-4)
    rounded = ops.cast(ops.convert_to_tensor(sr), "bfloat16")
    np.testing.assert_allclose(float(loss(hr, rounded)), value, rtol=0.05)

    # Where both are equal many a formula has no gradient: the weights must stay finite.
    model = _one_convolution(shape[-1])
    _check_fit(model, hr, hr, loss=loss)
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def check_metric(metric, shape=(2, 16, 13, 3), *, eager=False):
    """Check a `keras.metrics.Metric` on batches of `shape` in [-1, 1].

    `eager` is for one that cannot be computed inside a compiled step; Keras has steps
    that are not on TensorFlow alone.
    """
    hr = np.clip(_batch(shape, seed=1), -1, 1)
    sr = np.clip(hr + 0.1 * _batch(shape, seed=2), -1, 1)
    metric.reset_state()
    metric.update_state(hr, sr)
    whole = float(metric.result())
    assert np.isfinite(whole)

    metric.reset_state()
    for i in range(len(hr)):
        metric.update_state(hr[i : i + 1], sr[i : i + 1])
    np.testing.assert_allclose(float(metric.result()), whole, rtol=1e-5)
    metric.reset_state()
    assert float(metric.result()) == 0.0

    _check_config(metric)
    again = keras.metrics.deserialize(
        json.loads(json.dumps(keras.metrics.serialize(metric)))
    )
    assert type(again) is type(metric)
    assert again.name == metric.name
    again.update_state(hr, sr)
    np.testing.assert_allclose(float(again.result()), whole, rtol=1e-5)

    if eager and keras.backend.backend() != "tensorflow":
        return
    model = _one_convolution(shape[-1])
    model.compile(loss="mae", metrics=[metric], run_eagerly=eager)
    scores = model.evaluate(hr, sr, batch_size=1, verbose=0, return_dict=True)
    assert np.isfinite(scores[metric.name])


def _batch(shape, *, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


def _run(function, given):
    result = function(ops.convert_to_tensor(given))
    kept = keras.backend.standardize_dtype(result.dtype) != "bfloat16"
    return ops.convert_to_numpy(result if kept else ops.cast(result, "float32"))


def _check_config(thing):
    """The config is plain JSON, names every argument, and makes an equal one."""
    config = json.loads(json.dumps(thing.get_config()))
    again = type(thing).from_config(config)
    assert json.loads(json.dumps(again.get_config())) == config
    parameters = inspect.signature(type(thing).__init__).parameters.values()
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    named = {p.name for p in parameters if p.kind not in variadic}
    # Keras's own losses leave `dtype` out of their config.
    assert named - {"self", "dtype"} <= set(config), "config must name all arguments"
    registered = keras.saving.get_registered_name(type(thing))
    assert registered.startswith(("srkit>", "tests>")), registered


def _check_radius(network):
    """One changed pixel of the input reaches no further than the radius."""
    if network.radius is None:
        return
    side = 2 * network.radius + 5
    lr = np.zeros((1, side, side, network.channels), np.float32)
    centre = side // 2
    before = _run(network, lr)
    lr[:, centre, centre] = 1.0
    changed = (_run(network, lr) != before).any(axis=(0, 3))
    assert changed.any()
    for places in np.nonzero(changed):
        assert places.min() // network.scale >= centre - network.radius
        assert places.max() // network.scale <= centre + network.radius


def _check_fit(model, given, wanted, *, loss):
    model.compile(optimizer=keras.optimizers.SGD(1e-3), loss=loss)
    before = [np.copy(weight) for weight in model.get_weights()]
    history = model.fit(given, wanted * 0.5, batch_size=2, epochs=1, verbose=0)
    assert np.isfinite(history.history["loss"]).all()
    moved = zip(before, model.get_weights(), strict=True)
    assert not model.trainable_weights or any((a != b).any() for a, b in moved)


def _check_mixed(build, lr):
    """In mixed precision it gives nearly the same picture, and float32 at the end."""
    network = build()
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        mixed = build()
    finally:
        keras.config.set_dtype_policy(policy)
    mixed.set_weights(network.get_weights())
    assert keras.backend.standardize_dtype(mixed(lr).dtype) == "float32"
    np.testing.assert_allclose(_run(mixed, lr), _run(network, lr), atol=0.1)


def _one_convolution(channels):
    inputs = keras.Input((None, None, channels))
    convolution = keras.layers.Conv2D(channels, 3, padding="same")
    return keras.Model(inputs, convolution(inputs))
