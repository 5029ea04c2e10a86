"""What one step of two players comes to on JAX, as a function of the state.

Keras hands the values of all variables in as lists, and takes the new ones back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import keras
from keras import ops

from srkit.training.duel import Lesson, Outcome, look, loss_scales, values_of
from srkit.types import Tensor

if TYPE_CHECKING:
    from srkit.training.adversarial import AdversarialTrainer


def jax_lesson(
    trainer: AdversarialTrainer,
    state: Sequence[Sequence[Tensor]],
    lr: Tensor,
    hr: Tensor,
) -> Lesson:
    """Gradients by vector-Jacobian products, as a function of Keras's JAX state."""
    import jax

    trained, untrained, of_optimizers, _ = state
    mine, theirs = split(trainer, trained)
    make = partial(_make, trainer, lr, untrained)
    sr, back_to_generator, after_making = jax.vjp(make, mine, has_aux=True)
    judge = partial(_judge, trainer, hr, after_making)
    (terms, against), back, (margins, statistics) = jax.vjp(
        judge, sr, theirs, has_aux=True
    )
    moments = list(zip(trainer.optimizer.variables, of_optimizers, strict=True))
    with keras.StatelessScope(state_mapping=moments):
        scales = loss_scales(trainer)
    nothing, none = {name: ops.zeros(()) for name in terms}, ops.zeros(())
    pulls = {}
    for name in terms:
        alone = {name: trainer.weights_of_terms[name] * scales[0]}
        pulls[name], _ = back((nothing | alone, none))
    (my_gradients,) = back_to_generator(sum(pulls.values()))
    _, their_gradients = back((nothing, ops.ones(()) * scales[1]))
    outcome = Outcome(terms, against, margins)
    gradients = my_gradients, their_gradients
    return Lesson(sr, outcome, pulls, gradients, scales, statistics)


def _make(
    trainer: AdversarialTrainer,
    lr: Tensor,
    statistics: Sequence[Tensor],
    weights: Sequence[Tensor],
) -> tuple[Tensor, list[Tensor]]:
    """SR by these weights of the generator, and the statistics afterwards."""
    with _given(trainer, trainer.generator, weights, statistics) as scope:
        sr = trainer.generator(lr, training=True)
    return sr, values_of(scope, trainer.non_trainable_variables)


def _judge(
    trainer: AdversarialTrainer,
    hr: Tensor,
    statistics: Sequence[Tensor],
    sr: Tensor,
    weights: Sequence[Tensor],
) -> tuple[tuple[dict[str, Tensor], Tensor], tuple[Any, list[Tensor]]]:
    """What goes back by these weights of the discriminator, and what does not."""
    with _given(trainer, trainer.discriminator, weights, statistics) as scope:
        terms, against, margins = look(trainer, hr, sr, training=True)
    after = values_of(scope, trainer.non_trainable_variables)
    return (terms, against), (margins, after)


def _given(
    trainer: AdversarialTrainer,
    player: keras.Model,
    weights: Sequence[Tensor],
    statistics: Sequence[Tensor],
) -> keras.StatelessScope:
    """In it a player has these weights, and all that is not trained these values."""
    own = zip(player.trainable_variables, weights, strict=True)
    rest = zip(trainer.non_trainable_variables, statistics, strict=True)
    return keras.StatelessScope(state_mapping=[*own, *rest])


def split(
    trainer: AdversarialTrainer, values: Sequence[Tensor]
) -> tuple[list[Tensor], list[Tensor]]:
    """Values of all trainable variables, sorted by player."""
    place = {id(v): i for i, v in enumerate(trainer.trainable_variables)}
    mine, theirs = (
        [values[place[id(v)]] for v in model.trainable_variables]
        for model in (trainer.generator, trainer.discriminator)
    )
    return mine, theirs


def join(
    trainer: AdversarialTrainer, mine: Sequence[Tensor], theirs: Sequence[Tensor]
) -> list[Tensor]:
    """The way back from `split`."""
    found = {
        id(variable): value
        for model, values in (
            (trainer.generator, mine),
            (trainer.discriminator, theirs),
        )
        for variable, value in zip(model.trainable_variables, values, strict=True)
    }
    return [found[id(variable)] for variable in trainer.trainable_variables]
