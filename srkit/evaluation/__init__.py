"""Networks measured on whole sets of pictures, bicubic interpolation beside them."""

from .scoring import evaluate as evaluate
from .table import ImageScore as ImageScore
from .table import Row as Row
from .table import Table as Table
