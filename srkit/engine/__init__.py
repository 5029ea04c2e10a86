"""A network run over a whole picture: tiles, memory, precision."""

from .ensemble import self_ensemble as self_ensemble
from .pictures import enlarge as enlarge
from .precision import PRECISIONS as PRECISIONS
from .precision import policy as policy
from .precision import resolve_precision as resolve_precision
from .runner import Engine as Engine
