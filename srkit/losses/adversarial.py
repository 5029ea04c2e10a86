"""The terms of generator and discriminator: SRGAN's, ESRGAN's, least squares.

Each is an object that sees the logits of both kinds of pictures, ``(N, 1)`` or a map,
and gives both players' terms, in float32 and without a sigmoid whose logarithm could
be infinite. It also says when the discriminator is right, for the figures of a run.
"""

from __future__ import annotations

import abc
from typing import Any

import keras
from keras import ops

from srkit.errors import ArgumentError
from srkit.types import Tensor


class AdversarialLoss(abc.ABC):
    """Abstract base: what generator and discriminator each make small.

    Shape:
        Logits of any shape, batches first; real and fake alike.
    """

    @abc.abstractmethod
    def generator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """The generator's term, a scalar."""

    @abc.abstractmethod
    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """The discriminator's term, a scalar: the mean over real and fake."""

    def margins(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Any, Any]:
        """How far the discriminator is on the right side, for real and for fake."""
        real, fake = _float(real_logits, fake_logits)
        return real, -fake

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> AdversarialLoss:
        """Rebuilds the loss from `get_config`."""
        return cls(**config)

    def __repr__(self) -> str:
        """The call that makes it."""
        arguments = (f"{name}={value!r}" for name, value in self.get_config().items())
        return f"{type(self).__name__}({', '.join(arguments)})"


@keras.saving.register_keras_serializable("srkit")
class Vanilla(AdversarialLoss):
    """Binary cross-entropy, real 1 and fake 0, as in SRGAN.

    The generator's term is -log D(G(z)), which still pulls when the discriminator is
    sure. With `saturating` it is log(1 - D(G(z))), as the CCTV paper writes it: it
    stops pulling then.

    Args:
        smoothing: Taken off the label of real pictures in the discriminator's term
            ("one-sided"), 0.1 for instance; 0 for none.
        saturating: Use the saturating term for the generator.

    Raises:
        ArgumentError: If `smoothing` is not in [0, 0.5).

    Source:
        Goodfellow et al., Generative Adversarial Networks, 2014, equation 1 and
        section 3; Salimans et al., Improved Techniques for Training GANs, 2016,
        section 3.4; Ledig et al., SRGAN, CVPR 2017, equation 6.
    """

    def __init__(self, *, smoothing: float = 0.0, saturating: bool = False) -> None:
        if not 0 <= smoothing < 0.5:
            raise ArgumentError(
                f"`smoothing` must be in [0, 0.5), 0.1 for instance. Received: "
                f"{smoothing}"
            )
        self.smoothing = smoothing
        self.saturating = saturating

    def generator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """The generator's term; `real_logits` are not looked at."""
        del real_logits
        (fake,) = _float(fake_logits)
        return -_entropy(fake, 0.0) if self.saturating else _entropy(fake, 1.0)

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """The discriminator's term."""
        real, fake = _float(real_logits, fake_logits)
        return 0.5 * (_entropy(real, 1.0 - self.smoothing) + _entropy(fake, 0.0))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"smoothing": self.smoothing, "saturating": self.saturating}


@keras.saving.register_keras_serializable("srkit")
class RelativisticAverage(AdversarialLoss):
    """Whether a picture is more real than the average of the other kind, as in ESRGAN.

    Both terms look at both kinds of pictures, and are means over real and fake.

    Source:
        Jolicoeur-Martineau, The relativistic discriminator, 2018, section 4; Wang et
        al., ESRGAN, 2018, equations 1 and 2. Halved, as its published code does.
    """

    def generator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """The generator's term."""
        return self.discriminator(fake_logits, real_logits)

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """The discriminator's term."""
        real, fake = _float(real_logits, fake_logits)
        realer, faker = real - ops.mean(fake), fake - ops.mean(real)
        return 0.5 * (_entropy(realer, 1.0) + _entropy(faker, 0.0))

    def margins(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Any, Any]:
        """As in the base, each against the average of the other kind."""
        real, fake = _float(real_logits, fake_logits)
        return real - ops.mean(fake), ops.mean(real) - fake


@keras.saving.register_keras_serializable("srkit")
class LeastSquares(AdversarialLoss):
    """Squared distance of the logits from 1 (real) and 0 (fake), as in BSRGAN.

    Source:
        Mao et al., Least Squares Generative Adversarial Networks, ICCV 2017,
        equation 9 (a = 0, b = c = 1).
    """

    def generator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """The generator's term; `real_logits` are not looked at."""
        del real_logits
        (fake,) = _float(fake_logits)
        return 0.5 * ops.mean(ops.square(fake - 1.0))

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """The discriminator's term."""
        real, fake = _float(real_logits, fake_logits)
        off = ops.mean(ops.square(real - 1.0)) + ops.mean(ops.square(fake))
        return 0.5 * off

    def margins(self, real_logits: Tensor, fake_logits: Tensor) -> tuple[Any, Any]:
        """As in the base, from the middle between the two labels."""
        real, fake = _float(real_logits, fake_logits)
        return real - 0.5, 0.5 - fake


def _float(*logits: Tensor) -> list[Tensor]:
    return [ops.cast(each, "float32") for each in logits]


def _entropy(logits: Tensor, label: float) -> Tensor:
    """Mean cross-entropy of one label: label * log(1+e^-x) + (1-label) * log(1+e^x)."""
    return ops.mean(ops.softplus(logits) - label * logits)
