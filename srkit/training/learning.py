"""What a lesson changes: `train_step` and `test_step` of the adversarial trainer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from srkit.errors import ArgumentError, ImageError
from srkit.training import duel, signals, stateless
from srkit.types import Tensor

if TYPE_CHECKING:
    from srkit.training.adversarial import AdversarialTrainer

Logs = dict[str, Any]
Sides = tuple[int | None, ...]


def tensorflow_step(trainer: AdversarialTrainer, data: Any) -> Logs:
    """Learns from a batch; variables are assigned at the end, or not at all."""
    lr, hr = _pair(trainer, data)
    lesson = duel.tensorflow_lesson(trainer, lr, hr)
    verdict = duel.verdict(trainer, lesson)
    before = [[ops.copy(v) for v in _kernels(model)] for model in _players(trainer)]
    for optimizer, model, gradients, learns in zip(
        (trainer.optimizer.generator, trainer.optimizer.discriminator),
        _players(trainer),
        lesson.gradients,
        verdict.learn,
        strict=True,
    ):
        _apply_if(learns, optimizer, gradients, model)
    for variable, value in zip(
        trainer.non_trainable_variables, lesson.statistics, strict=True
    ):
        variable.assign(ops.where(verdict.sound, value, variable.value))
    after = [[v.value for v in _kernels(model)] for model in _players(trainer)]
    moved = [signals.movement(*pair) for pair in zip(before, after, strict=True)]
    return _record(trainer, (lr, hr), lesson, verdict, moved)


def jax_step(trainer: AdversarialTrainer, state: Any, data: Any) -> tuple[Logs, Any]:
    """Learns from a batch, as a function of the state."""
    trained, untrained, of_optimizers, of_metrics = state
    lr, hr = _pair(trainer, data)
    lesson = stateless.jax_lesson(trainer, state, lr, hr)
    mapping = list(zip(trainer.optimizer.variables, of_optimizers, strict=True))
    with keras.StatelessScope(state_mapping=mapping):
        verdict = duel.verdict(trainer, lesson)
    border = len(trainer.optimizer.generator.variables)
    learnt = map(
        _learnt,
        _players(trainer),
        (trainer.optimizer.generator, trainer.optimizer.discriminator),
        stateless.split(trainer, trained),
        (of_optimizers[:border], of_optimizers[border:]),
        lesson.gradients,
        verdict.learn,
    )
    weights, moments, moved = zip(*learnt, strict=True)
    statistics = [
        ops.where(verdict.sound, value, old)
        for value, old in zip(lesson.statistics, untrained, strict=True)
    ]
    metrics = trainer.metrics_variables
    mapping = list(zip(metrics, of_metrics, strict=True))
    with keras.StatelessScope(state_mapping=mapping) as scope:
        logs = _record(trainer, (lr, hr), lesson, verdict, moved)
    figures = duel.values_of(scope, metrics)
    joined = stateless.join(trainer, *weights)
    return logs, (joined, statistics, [*moments[0], *moments[1]], figures)


def measure(trainer: AdversarialTrainer, data: Any) -> Logs:
    """Measures a batch; nothing learns."""
    lr, hr = _pair(trainer, data)
    sr = trainer.generator(lr, training=False)
    outcome = duel.look(trainer, hr, sr, training=False)
    found = {
        **_losses(outcome),
        **signals.of_players(outcome.margins),
        **signals.of_pictures(lr, hr, sr, scale=trainer.scale),
    }
    for name, value in found.items():
        trainer.trackers[name].update_state(value)
    _loss(trainer).update_state(_total(trainer, outcome))
    logs = trainer.compute_metrics(lr, hr, sr)
    unknown = set(trainer.trackers) - set(found)
    return {name: value for name, value in logs.items() if name not in unknown}


def jax_test(trainer: AdversarialTrainer, state: Any, data: Any) -> tuple[Logs, Any]:
    """`measure`, as a function of the state."""
    kinds = (
        trainer.trainable_variables,
        trainer.non_trainable_variables,
        trainer.metrics_variables,
    )
    mapping = [
        pair
        for variables, values in zip(kinds, state, strict=True)
        for pair in zip(variables, values, strict=True)
    ]
    with keras.StatelessScope(state_mapping=mapping) as scope:
        logs = measure(trainer, data)
    return logs, (state[0], *(duel.values_of(scope, kind) for kind in kinds[1:]))


def _record(
    trainer: AdversarialTrainer,
    pictures: tuple[Tensor, Tensor],
    lesson: duel.Lesson,
    verdict: duel.Verdict,
    moved: Sequence[Tensor],
) -> Logs:
    """Takes the step's figures into the metrics; those of a failed step count not."""
    lr, hr = pictures
    sr, outcome = lesson.sr, lesson.outcome
    found = {
        **_losses(outcome),
        **signals.of_pulls(lesson.pulls, hr, sr, lesson.scales[0]),
        **signals.of_players(outcome.margins),
        **signals.of_pictures(lr, hr, sr, scale=trainer.scale),
        **dict(zip(signals.MOVEMENT, moved, strict=True)),
    }
    counts = ops.cast(verdict.sound, "float32")
    for name, value in found.items():
        kept = ops.where(verdict.sound, value, 0.0)
        trainer.trackers[name].update_state(kept, sample_weight=counts)
    total = ops.where(verdict.sound, _total(trainer, outcome), 0.0)
    _loss(trainer).update_state(total, sample_weight=counts)
    failed = ops.cast(verdict.failed, "float32") * lesson.share
    trainer.trackers["skipped"].update_state(failed)
    seen = ops.where(ops.isfinite(sr), sr, 0.0)
    logs: Logs = trainer.compute_metrics(lr, hr, seen)
    return logs


def _losses(outcome: duel.Outcome) -> dict[str, Tensor]:
    terms = {f"{name}_loss": value for name, value in outcome.terms.items()}
    return {**terms, "discriminator_loss": outcome.against}


def _total(trainer: AdversarialTrainer, outcome: duel.Outcome) -> Tensor:
    weights = trainer.weights_of_terms
    return sum(weights[name] * value for name, value in outcome.terms.items())


def _loss(trainer: AdversarialTrainer) -> keras.metrics.Metric:
    """Keras's own metric "loss", as its guide has custom steps find it."""
    return next(metric for metric in trainer.metrics if metric.name == "loss")


def _pair(trainer: AdversarialTrainer, data: Any) -> tuple[Tensor, Tensor]:
    lr, hr, weight = keras.utils.unpack_x_y_sample_weight(data)
    if weight is not None:
        raise ArgumentError(
            "`sample_weight` must be None: each picture counts alike for both players. "
            f"Received: {weight}"
        )
    if hr is None:
        raise ImageError(
            "`fit` and `evaluate` need batches (lr, hr), such as srkit.data.pairs "
            "gives. Received: LR alone"
        )
    _check_sides(trainer, tuple(lr.shape)[1:3], tuple(hr.shape)[1:3])
    return ops.cast(lr, "float32"), ops.cast(hr, "float32")


def _check_sides(trainer: AdversarialTrainer, lr: Sides, hr: Sides) -> None:
    """Names what the losses, or a matrix product, would refuse in their own words."""
    for small, large in zip(lr, hr, strict=True):
        if small and large and small * trainer.scale != large:
            raise ImageError(
                f"HR must be `scale` (={trainer.scale}) times as large as LR. "
                f"Received: LR {lr} and HR {hr}"
            )


def _players(trainer: AdversarialTrainer) -> tuple[keras.Model, keras.Model]:
    return trainer.generator, trainer.discriminator


def _kernel_places(model: keras.Model) -> list[int]:
    """Where the kernels of convolutions stand, by which movement is measured."""
    variables = model.trainable_variables
    return [i for i, v in enumerate(variables) if len(v.shape) == 4]


def _kernels(model: keras.Model) -> list[keras.Variable]:
    return [model.trainable_variables[place] for place in _kernel_places(model)]


def _apply_if(
    learns: Tensor, optimizer: Any, gradients: list[Tensor], model: keras.Model
) -> None:
    """Lets a player learn, or not, on all devices of a `tf.distribute` strategy."""
    import tensorflow as tf

    def apply_or_not(strategy: Any, learns: Any, gradients: Any) -> None:
        def apply() -> None:
            strategy.extended.call_for_each_replica(
                optimizer.apply, args=(gradients, model.trainable_variables)
            )

        # All replicas agree. A condition within one could not wait for the others.
        ops.cond(strategy.experimental_local_results(learns)[0], apply, lambda: None)

    context = tf.distribute.get_replica_context()
    context.merge_call(apply_or_not, args=(learns, gradients))


def _learnt(
    model: keras.Model,
    optimizer: Any,
    weights: list[Tensor],
    moments: list[Tensor],
    gradients: list[Tensor],
    learns: Tensor,
) -> tuple[list[Tensor], list[Tensor], Tensor]:
    """Weights and moments after the step, and how far the kernels moved."""

    def learn() -> Any:
        found = optimizer.stateless_apply(moments, gradients, weights)
        return tuple(list(each) for each in found)

    after, moments = ops.cond(learns, learn, lambda: (weights, moments))
    places = _kernel_places(model)
    kernels = ([values[i] for i in places] for values in (weights, after))
    return after, moments, signals.movement(*kernels)
