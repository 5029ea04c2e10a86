"""What `fit` needs beside the model: callbacks, resuming, averages, schedules, GANs."""

from .adversarial import AdversarialTrainer as AdversarialTrainer
from .blending import blend as blend
from .determinism import set_deterministic as set_deterministic
from .doctor import TrainingDoctor as TrainingDoctor
from .ema import MovingAverage as MovingAverage
from .gan_recipe import GanRecipe as GanRecipe
from .papers import RECIPES as RECIPES
from .players import Players as Players
from .recipe import Recipe as Recipe
from .schedules import cosine as cosine
from .schedules import halving as halving
from .schedules import multistep as multistep
from .session import train as train
from .staged import train_stages as train_stages
from .standard import callbacks as callbacks
from .transfer import copy_matching as copy_matching
