"""Measurements of speed, memory and precision on the machine at hand."""

from .machine import Machine as Machine
from .machine import describe_machine as describe_machine
from .report import Figure as Figure
from .report import Report as Report
from .suite import PARTS as PARTS
from .suite import QUICK as QUICK
from .suite import Settings as Settings
from .suite import run_bench as run_bench
from .timing import measure_seconds as measure_seconds
