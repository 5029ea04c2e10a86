"""Networks whose features losses and metrics compare: VGG19, SqueezeNet and kin.

A feature network is a frozen `keras.Model` from pictures in [-1, 1] to a list of
feature maps, in float32 whatever the global policy.
"""

from .catalog import NETWORKS as NETWORKS
from .catalog import find_plan as find_plan
from .directions import directions as directions
from .directions import turn as turn
from .network import FeatureNetwork as FeatureNetwork
from .network import feature_network as feature_network
from .plans import Plan as Plan
