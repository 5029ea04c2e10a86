"""The recipes of papers, by the name that `srkit train` knows them by."""

from __future__ import annotations

from srkit.training.gan_recipe import GanRecipe
from srkit.training.recipe import Recipe

SRGAN = GanRecipe()
"""Ledig et al., CVPR 2017, table in section 3.2."""

ESRGAN = GanRecipe(
    network="RRDBNet",
    crop=128,
    steps=400_000,
    loss="l1",
    pretraining={"steps": 1_000_000, "learning_rate": 2e-4, "schedule": "halving"},
    adversarial="relativistic",
    adversarial_weight=5e-3,
    content="esrgan",
    pixel_weight=1e-2,
    milestones=(0.125, 0.25, 0.5, 0.75),
    factor=0.5,
    beta_2=0.99,
)
"""Wang et al., ESRGAN, 2018, section 4.1, with Adam as in its published code."""

CCTV_GAN = GanRecipe(
    network="InceptionResNetSR",
    crop=192,
    steps=11_500,
    loss="l2",
    learning_rate=2e-4,
    pretraining={"steps": 11_500},
    discriminator="GlobalPoolDiscriminator",
    content="none",
    pixel_weight=1.0,
    milestones=(),
)
"""The CCTV paper's: 23 epochs of 500 batches, first alone, then as a pair."""

AUTOENCODER = Recipe(
    network="ConvAutoencoder", crop=128, loss="l2", learning_rate=2e-4, clip=0.0
)
"""The baseline of the low-quality-image paper: one stage, squared error."""

LINEART = GanRecipe(
    network="CReLUNet",
    scale=2,
    downsizes=(1.0,),
    crop=128,
    batch_size=96,
    steps=17_200,
    steps_per_epoch=43,
    schedule="plateau",
    pretraining={"steps": 17_200},
    discriminator="GlobalPoolDiscriminator",
    adversarial_weight=0.0,
    content="vgg34",
    content_weight=8 * 8 * 512 / 2,
    milestones=(),
)
"""Rathi et al., Video Upscaling Using Deep Neural Network: 400 epochs of 4096 pictures.

Half the sum of squares over 8x8x512 features. What they leave open: squared error first
(as long, a choice), and `adversarial_weight` for an opponent on top.
"""

RECIPES = {
    "srgan": SRGAN,
    "esrgan": ESRGAN,
    "cctv-gan": CCTV_GAN,
    "autoencoder": AUTOENCODER,
    "lineart": LINEART,
}
"""Recipes by the name that `srkit train` knows them by."""
