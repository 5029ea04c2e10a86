"""Every error that srkit raises on purpose, as a tree.

Each is an `SrkitError` and also the built-in that it resembles, so a caller can
catch either. Messages are one line: what was expected, what was received, the cure.

* SrkitError
  x ArgumentError (ValueError): a wrong argument at one of the doors
  x ImageError (ValueError): an array that is no picture srkit can work on
  x UnreadableImageError (OSError): a file that holds no readable picture
  x OutputError (OSError): a result that could not be written
  x PresetError (ValueError): a preset that is damaged or of another class
    + PresetNotFoundError (FileNotFoundError)
  x WeightsError (ValueError): damaged weights, or those of another network
    + WeightsNotFoundError (FileNotFoundError)
  x DataError (ValueError): training or test pictures that do not fit together
  x ProtocolError (ValueError): figures of unlike protocols set beside each other
  x MissingExtraError (ImportError): an optional package is not installed
  x VideoError (RuntimeError): a film that cannot be brought over whole
    + UnreadableVideoError (OSError): no film that can be decoded
    + JournalError: what is left of a job that is not the one to go on with
  x MemoryBudgetError (MemoryError): even the smallest tile does not fit
  x TrainingError (RuntimeError)
    + DivergedError: the loss is no longer a number
    + ResumeError: a checkpoint that does not fit the run, or cannot be read
      o DamagedError: a checkpoint that is not whole
"""

from __future__ import annotations


class SrkitError(Exception):
    """Base of every error that srkit raises on purpose."""


class ArgumentError(SrkitError, ValueError):
    """A wrong argument at one of the doors."""


class ImageError(SrkitError, ValueError):
    """An array that is no picture srkit can work on: rank, type, NaN, channels."""


class UnreadableImageError(SrkitError, OSError):
    """A file that holds no readable picture."""


class OutputError(SrkitError, OSError):
    """A result that could not be written."""


class PresetError(SrkitError, ValueError):
    """A preset that is damaged, incomplete or of another class."""


class PresetNotFoundError(PresetError, FileNotFoundError):
    """No preset of that name, and no folder either."""


class WeightsError(SrkitError, ValueError):
    """Weights of a feature network that are damaged, or those of another network."""


class WeightsNotFoundError(WeightsError, FileNotFoundError):
    """No file with the weights, and none that could be fetched."""


class DataError(SrkitError, ValueError):
    """Training or test pictures that do not fit together."""


class ProtocolError(SrkitError, ValueError):
    """Figures of unlike protocols set beside each other."""


class MissingExtraError(SrkitError, ImportError):
    """An optional package is not installed; the message names the extra."""


class MemoryBudgetError(SrkitError, MemoryError):
    """Even the smallest tile does not fit the memory budget."""


class VideoError(SrkitError, RuntimeError):
    """A film that cannot be brought over whole."""


class UnreadableVideoError(VideoError, OSError):
    """A file or stream that holds no film that can be decoded."""


class JournalError(VideoError):
    """What is left of a job that is not the one to go on with."""


class TrainingError(SrkitError, RuntimeError):
    """A training run that cannot go on."""


class DivergedError(TrainingError):
    """The loss is no longer a number."""


class ResumeError(TrainingError):
    """A checkpoint that does not fit the run that would resume from it."""


class DamagedError(ResumeError):
    """A checkpoint that is not whole, so that an older one may serve."""
