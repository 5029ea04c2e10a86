"""Networks whose features losses and metrics compare: VGG19, SqueezeNet and kin.

A feature network is a frozen `keras.Model` from pictures in [-1, 1] to a list of
feature maps, in float32 whatever the global policy.
"""

from .network import FeatureNetwork as FeatureNetwork
from .network import feature_network as feature_network
from .plans import NETWORKS as NETWORKS
from .plans import Plan as Plan
from .plans import find_plan as find_plan
