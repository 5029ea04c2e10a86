"""Networks, one a file, named as their papers name them."""

from .autoencoder import ConvAutoencoder as ConvAutoencoder
from .base import SuperResolver as SuperResolver
from .crelunet import CReLUNet as CReLUNet
from .discriminators import Discriminator as Discriminator
from .discriminators import GlobalPoolDiscriminator as GlobalPoolDiscriminator
from .discriminators import SRGANDiscriminator as SRGANDiscriminator
from .edsr import EDSR as EDSR
from .inception import InceptionResNetSR as InceptionResNetSR
from .presets import Preset as Preset
from .presets import list_presets as list_presets
from .rrdbnet import RRDBNet as RRDBNet
from .srresnet import SRResNet as SRResNet
from .unet_discriminator import UNetDiscriminator as UNetDiscriminator
