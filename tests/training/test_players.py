import keras
import pytest

from srkit.errors import ArgumentError
from srkit.training import Players
from tests.training import duels


def pair():
    return Players(keras.optimizers.Adam(1e-4), keras.optimizers.SGD(1e-3))


def test_both_are_one_to_keras():
    model = duels.trainer()
    players = pair()
    players.build_for(model.generator, model.discriminator)
    own = len(players.generator.variables)
    assert len(players.variables) == own + len(players.discriminator.variables)
    assert players.variables[:own] == players.generator.variables
    again = Players.from_config(players.get_config())
    assert isinstance(again.generator, keras.optimizers.Adam)
    assert float(again.discriminator.learning_rate) == pytest.approx(1e-3)


def test_a_list_of_variables_says_not_whose_they_are():
    with pytest.raises(ArgumentError, match="build_for"):
        pair().build([])


def test_averages_of_the_optimisers_end_in_their_players_weights():
    model = duels.trainer()
    averaging = keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.0)
    players = Players(averaging, keras.optimizers.SGD(0.1))
    players.build_for(model.generator, model.discriminator)
    for average in averaging._model_variables_moving_average:
        average.assign(average * 0 + 7)
    players.finalize_variable_values(model.trainable_variables)
    assert float(duels.arrays(model.generator.trainable_variables)[0].mean()) == 7.0
    assert float(duels.arrays(model.discriminator.trainable_variables)[0].max()) < 7
