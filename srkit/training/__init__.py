"""What `fit` needs beside the model: callbacks, resuming, averages, schedules."""

from .adversarial import AdversarialTrainer as AdversarialTrainer
from .determinism import set_deterministic as set_deterministic
from .ema import MovingAverage as MovingAverage
from .players import Players as Players
from .recipe import Recipe as Recipe
from .schedules import cosine as cosine
from .schedules import halving as halving
from .session import train as train
from .standard import callbacks as callbacks
from .transfer import copy_matching as copy_matching
