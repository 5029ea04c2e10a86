"""Losses that Keras lacks, beside its L1 and L2, which the field uses most."""

from keras.losses import MeanAbsoluteError as MeanAbsoluteError
from keras.losses import MeanSquaredError as MeanSquaredError

from .adversarial import AdversarialLoss as AdversarialLoss
from .adversarial import LeastSquares as LeastSquares
from .adversarial import RelativisticAverage as RelativisticAverage
from .adversarial import Vanilla as Vanilla
from .consistency import Consistency as Consistency
from .content import VGG19Content as VGG19Content
from .frequency import FrequencyLoss as FrequencyLoss
from .pixel import Charbonnier as Charbonnier
from .pixel import EdgeWeighted as EdgeWeighted
from .pixel import WeightedSum as WeightedSum
