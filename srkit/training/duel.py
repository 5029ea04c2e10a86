"""What one step of two players comes to.

Both backends compute the same, JAX in `stateless`: the generator makes its pictures
once, the discriminator looks once at the real and once at the fake ones, and both
players learn from that one look, as ESRGAN's published code does. What each term wants
of the pictures is known before it goes back through the generator, so that the doctor
learns it for nothing.

All state is read and written through a `keras.StatelessScope`: a step whose gradients
are not finite leaves weights, moments and moving statistics as they were.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import keras
from keras import ops

from srkit.types import Tensor

if TYPE_CHECKING:
    from srkit.training.adversarial import AdversarialTrainer


class Outcome(NamedTuple):
    """What the two players come to in one look, and what follows for each."""

    terms: dict[str, Tensor]
    """The generator's terms, not weighted."""
    against: Tensor
    """The discriminator's term."""
    margins: tuple[Tensor, Tensor]
    """How far the discriminator is right on real and on fake."""


class Lesson(NamedTuple):
    """What one step would change."""

    sr: Tensor
    outcome: Outcome
    pulls: dict[str, Tensor]
    """Gradient of each weighted term by SR, times the generator's loss scale."""
    gradients: tuple[list[Tensor], list[Tensor]]
    """Of generator and discriminator, each times its loss scale."""
    scales: tuple[Tensor, Tensor]
    """By how much each player's loss was scaled, 1 but for float16."""
    statistics: list[Tensor]
    """New values of what is not trained: moving means, seeds."""
    share: float = 1.0
    """What part of the step this device makes, if several make it together."""


def look(trainer: AdversarialTrainer, hr: Tensor, sr: Tensor, **mode: bool) -> Outcome:
    """Shows real and fake pictures to the discriminator, and to the other losses."""
    real = trainer.discriminator(hr, **mode)
    fake = trainer.discriminator(sr, **mode)
    terms = {"adversarial": trainer.adversarial_loss.generator(real, fake)}
    if trainer.content_loss is not None:
        terms["content"] = _mean(trainer.content_loss, hr, sr)
    if trainer.pixel_loss is not None:
        terms["pixel"] = _mean(trainer.pixel_loss, hr, sr)
    against = trainer.adversarial_loss.discriminator(real, fake)
    return Outcome(terms, against, trainer.adversarial_loss.margins(real, fake))


def tensorflow_lesson(trainer: AdversarialTrainer, lr: Tensor, hr: Tensor) -> Lesson:
    """Gradients by tapes; nothing is assigned."""
    import tensorflow as tf

    mine, theirs = loss_scales(trainer)
    with keras.StatelessScope() as scope:
        with tf.GradientTape() as making:
            sr = trainer.generator(lr, training=True)
        with tf.GradientTape(persistent=True) as judging:
            judging.watch(sr)
            outcome = look(trainer, hr, sr, training=True)
    pulls = {
        name: judging.gradient(term, sr, trainer.weights_of_terms[name] * mine)
        for name, term in outcome.terms.items()
    }
    gradients = (
        making.gradient(sr, trainer.generator.trainable_variables, sum(pulls.values())),
        judging.gradient(
            outcome.against, trainer.discriminator.trainable_variables, theirs
        ),
    )
    statistics = values_of(scope, trainer.non_trainable_variables)
    return _agreed(Lesson(sr, outcome, pulls, gradients, (mine, theirs), statistics))


def loss_scales(trainer: AdversarialTrainer) -> tuple[Tensor, Tensor]:
    """By how much each player's loss is scaled, 1 but for float16."""
    players = trainer.optimizer
    one = ops.ones((), "float32")
    return players.generator.scale_loss(one), players.discriminator.scale_loss(one)


class Verdict(NamedTuple):
    """Which of the lesson is to be taken."""

    sound: Tensor
    """All of it is finite."""
    learn: tuple[Tensor, Tensor]
    """Whether each player's optimiser is to see its gradients."""
    failed: Tensor
    """Something is not finite that is no mere overflow of float16."""


def verdict(trainer: AdversarialTrainer, lesson: Lesson) -> Verdict:
    """Judges whether the step is sound.

    Under float16 gradients overflow until the loss scale is found. Its optimiser
    finds it by seeing them, and leaves the weights alone then.
    """
    finite = [_all_finite(gradients) for gradients in lesson.gradients]
    figures = [*lesson.outcome.terms.values(), lesson.outcome.against]
    whole = _all_finite([*figures, *filter(_is_float, lesson.statistics)])
    sound = finite[0] & finite[1] & whole
    learn, failed = [], ~whole
    players = (trainer.optimizer.generator, trainer.optimizer.discriminator)
    warmed = players[1].iterations >= trainer.discriminator_warmup
    turns = (sound & warmed, sound)
    for player, turn, fine, scale in zip(
        players, turns, finite, lesson.scales, strict=True
    ):
        if isinstance(player, keras.optimizers.LossScaleOptimizer):
            # In the warm-up too: no step is sound before the generator's scale fits.
            learn.append(turn | (whole & ~fine))
            failed = failed | (~fine & (scale <= 1.0))
        else:
            learn.append(turn)
            failed = failed | ~fine
    return Verdict(sound, (learn[0], learn[1]), failed)


def values_of(scope: keras.StatelessScope, variables: Sequence[Any]) -> list[Tensor]:
    """What the variables hold at the end of a scope."""
    values = []
    for variable in variables:
        value = scope.get_current_value(variable)
        values.append(variable.value if value is None else value)
    return values


def _agreed(lesson: Lesson) -> Lesson:
    """The mean of what all replicas of a `tf.distribute` strategy have learnt.

    So that they take it or leave it together. The optimisers sum gradients over the
    replicas, and each hands in its share.
    """
    import tensorflow as tf

    context = tf.distribute.get_replica_context()
    share = 1 / context.num_replicas_in_sync
    if share == 1:
        return lesson
    parts = tuple([share * each for each in player] for player in lesson.gradients)
    mean = context.all_reduce(tf.distribute.ReduceOp.MEAN, parts)
    return lesson._replace(gradients=mean, share=share)


def _mean(loss: Any, hr: Tensor, sr: Tensor) -> Tensor:
    """Keras's own reduction of a loss object depends on the number of devices."""
    return ops.mean(getattr(loss, "call", loss)(hr, sr))


def _all_finite(tensors: Sequence[Tensor]) -> Tensor:
    return ops.all(ops.stack([ops.all(ops.isfinite(each)) for each in tensors]))


def _is_float(tensor: Tensor) -> bool:
    return keras.backend.is_float_dtype(keras.backend.standardize_dtype(tensor.dtype))
