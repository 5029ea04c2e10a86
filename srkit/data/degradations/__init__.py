"""What makes a clean LR picture poor: blur, noise, compression, cameras."""

from .base import Degradation as Degradation
from .blur import GaussianBlur as GaussianBlur
from .blur import MotionBlur as MotionBlur
from .blur import PlateauBlur as PlateauBlur
from .blur import SincBlur as SincBlur
from .catalog import DEGRADATIONS as DEGRADATIONS
from .catalog import find_degradation as find_degradation
from .catalog import from_dict as from_dict
from .codecs import VideoCodec as VideoCodec
from .combining import Chain as Chain
from .combining import OneOf as OneOf
from .combining import Sometimes as Sometimes
from .compression import H264 as H264
from .compression import JPEG as JPEG
from .compression import MJPEG as MJPEG
from .compression import MPEG4 as MPEG4
from .interlacing import Interlacing as Interlacing
from .noise import GaussianNoise as GaussianNoise
from .noise import NightSensor as NightSensor
from .noise import PoissonNoise as PoissonNoise
from .overlay import OnScreenText as OnScreenText
from .pipelines import CCTV as CCTV
from .pipelines import RealESRGAN as RealESRGAN
from .resizing import Resize as Resize
from .warping import Warp as Warp
