import keras
import numpy as np
import pytest

from srkit.errors import ArgumentError
from srkit.training import GanRecipe, Recipe
from srkit.training.recipe import LOSSES, SCHEDULES
from tests.training import tiny


def test_a_recipe_is_read_back_from_json():
    recipe = Recipe(data=("a", "b"), options={"filters": 8}, loss="l1+fft", clip=0.0)
    assert Recipe.from_json(recipe.to_json()) == recipe


def test_a_part_written_by_hand_is_enough():
    assert Recipe.from_json('{"steps": 7}') == Recipe(steps=7)
    base = Recipe(network="RRDBNet", steps=9)
    assert Recipe.from_json('{"steps": 7}', base=base) == Recipe(
        network="RRDBNet", steps=7
    )


def test_an_object_of_settings_is_changed_where_the_text_speaks():
    text = '{"pretraining": {"learning_rate": 1e-3}}'
    recipe = GanRecipe.from_json(text, base=GanRecipe(pretraining={"steps": 7}))
    assert recipe.pretraining == {"steps": 7, "learning_rate": 1e-3}
    whole = GanRecipe(pretraining={})
    assert GanRecipe.from_json(whole.to_json()) == whole


def test_one_folder_may_be_a_text_and_a_whole_number_a_rate():
    recipe = Recipe.from_json('{"data": "folder", "learning_rate": 1}')
    assert recipe.data == ("folder",)
    assert recipe.learning_rate == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"step": 7}', "no setting 'step'. Did you mean 'steps'"),
        ('{"qqqq": 7}', "no setting 'qqqq'. network, options"),
        ("[1]", "JSON object"),
        ('{"steps": "100"}', "`steps` must be a whole number. Received: '100'"),
        ('{"steps": true}', "`steps` must be a whole number. Received: True"),
        ('{"options": ["filters"]}', "`options` must be an object"),
        ('{"data": [1]}', "`data` must be a list, each item a text"),
        ('{"initial": 2}', "`initial` must be a text or null"),
        ('{"xla": 1}', "`xla` must be true or false"),
        ("not json", "JSON object"),
    ],
)
def test_json_of_another_form_is_refused(text, message):
    with pytest.raises(ArgumentError, match=message):
        Recipe.from_json(text)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"loss": "l3"}, "`loss` must be one of l1, l2, charbonnier.*'l3'"),
        ({"schedule": "step"}, "`schedule` must be one of cosine"),
        ({"precision": "float16"}, "`precision` must be one of auto"),
        ({"steps": 0}, "`steps` must be above 0. Received: 0"),
        ({"seed": -1}, "`seed` must be from 0 to"),
        ({"seed": 2**32}, "`seed` must be from 0 to"),
        ({"learning_rate": -1.0}, "`learning_rate` must be above 0"),
    ],
)
def test_settings_out_of_range_are_refused(options, message):
    with pytest.raises(ArgumentError, match=message):
        Recipe(**options)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_gives_a_number(loss):
    model = tiny.network()
    Recipe(scale=2, loss=loss).compile(model)
    lr, hr = tiny.batch(0)
    assert np.isfinite(model.compute_loss(lr, hr, model(lr)))


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_begins_where_it_says(schedule):
    model = tiny.network()
    recipe = Recipe(scale=2, schedule=schedule, learning_rate=1e-3, warmup=0)
    recipe.compile(model)
    rate = keras.ops.convert_to_numpy(model.optimizer.learning_rate)
    assert rate == pytest.approx(1e-3)


@pytest.mark.slow
@pytest.mark.tensorflow
def test_xla_trains_to_the_same_weights():
    ended = []
    for xla in (False, True):
        keras.utils.set_random_seed(0)
        model = tiny.network()
        Recipe(scale=2, steps=2, warmup=0, xla=xla).compile(model)
        for step in range(2):
            model.train_on_batch(*tiny.batch(step))
        ended.append(tiny.weights(model))
    np.testing.assert_allclose(*ended, atol=1e-5)


def test_what_is_compiled_is_what_is_written():
    model = tiny.network()
    Recipe(scale=2, clip=0.5, xla=True).compile(model)
    assert model.optimizer.global_clipnorm == 0.5
    assert model.jit_compile is True
    assert Recipe(steps=2500, steps_per_epoch=1000).epochs == 3
    assert Recipe(precision="bfloat16").dtype == "mixed_bfloat16"


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({}, "bicubic"),
        ({"lr": ("folder",)}, "given"),
        ({"degradation": "cctv"}, "bicubic+cctv"),
        ({"degradation": "realesrgan"}, "realesrgan"),  # which makes LR itself
        ({"lr": ("folder",), "degradation": "jpeg"}, "given+jpeg"),
    ],
)
def test_the_metric_says_how_lr_is_made(options, word):
    model = tiny.network()
    Recipe(scale=2, **options).compile(model)
    lr, hr = tiny.batch(0)
    model.compute_metrics(lr, hr, model(lr))  # Keras builds its metrics late
    (metric,) = model.metrics[1].metrics
    assert metric.protocol.kernel == word
