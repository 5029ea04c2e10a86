"""The feature networks that srkit knows, by name.

None of their weights comes with srkit; ``datasets/README.md`` lists the files, with
origin, licence and checksum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from srkit.errors import ArgumentError

from .plans import Plan, nearest
from .steps import Convolution, Fire, Layer, Pool


def find_plan(network: str) -> Plan:
    """The plan of a feature network by its name.

    Raises:
        ArgumentError: If there is none.
    """
    if network not in NETWORKS:
        raise ArgumentError(
            f"`network` must be one of {', '.join(NETWORKS)}. "
            f"Received: {network!r}{nearest(network, NETWORKS)}"
        )
    return NETWORKS[network]


def _vgg19(
    last: str, *, narrower: int = 1, sources: Sequence[str] = (), padding: str = "same"
) -> tuple[Layer, ...]:
    """VGG19's layers under Keras's names, up to `last`."""
    layers: list[Layer] = []
    names = iter(sources)
    for block, (depth, filters) in enumerate(
        ((2, 64), (2, 128), (4, 256), (4, 512), (4, 512)), start=1
    ):
        for index in range(1, depth + 1):
            name = f"block{block}_conv{index}"
            layers.append(
                Convolution(
                    name=name,
                    filters=filters // narrower,
                    source=next(names) if sources else name,
                    padding=padding,
                )
            )
            if name == last:
                return tuple(layers)
        layers.append(Pool(name=f"block{block}_pool"))
    return tuple(layers)


def _squeezenet11() -> tuple[Layer, ...]:
    def fires(*numbers: int, squeeze: int) -> list[Layer]:
        return [
            Fire(name=f"fire{n}", squeeze=squeeze, expand=4 * squeeze) for n in numbers
        ]

    first = Convolution(
        name="conv1", source="conv1", filters=64, stride=2, padding="valid"
    )
    return (
        first,
        Pool(name="pool1", size=3),
        *fires(2, 3, squeeze=16),
        Pool(name="pool3", size=3),
        *fires(4, 5, squeeze=32),
        Pool(name="pool5", size=3),
        *fires(6, 7, squeeze=48),
        *fires(8, 9, squeeze=64),
    )


_VGG22 = {"vgg22": "block2_conv2"}

NETWORKS: Mapping[str, Plan] = {
    plan.name: plan
    for plan in (
        # Simonyan and Zisserman, ICLR 2015, configuration E, as in Keras (CC BY 4.0).
        # SRGAN calls the j-th convolution before the i-th pooling VGGij.
        Plan(
            name="vgg19",
            layers=_vgg19("block5_pool"),
            content_layer="block5_conv4",
            distance_layers=(
                "block1_conv2",
                "block2_conv2",
                "block3_conv4",
                "block4_conv4",
                "block5_conv4",
            ),
            file="vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
            aliases={**_VGG22, "vgg54": "block5_conv4"},
        ),
        # VGG19 rescaled to mean activations of 1: Gatys et al., CVPR 2016, section 2
        # (CC BY 4.0, research).
        Plan(
            name="vgg19-relu3_1",
            layers=_vgg19(
                "block3_conv1",
                sources=("2", "5", "9", "12", "16"),
                padding="reflect",
            ),
            content_layer="block3_conv1",
            distance_layers=("block1_conv2", "block2_conv2", "block3_conv1"),
            file="vgg19_normalised_relu3_1.npz",
            sha256="ac4a7d8c649ac60e4e226ec801719bd00f2b8570dcc54fd23509c43ae865c00c",
            mixing="0",
            aliases=_VGG22,
        ),
        # Wang et al., Collaborative Distillation, CVPR 2020: a quarter of the width
        # (MIT).
        Plan(
            name="vgg19-distilled-relu5_1",
            layers=_vgg19(
                "block5_conv1",
                narrower=4,
                sources=[
                    f"model.conv{block}{index}"
                    for block, depth in enumerate((2, 2, 4, 4, 1), start=1)
                    for index in range(1, depth + 1)
                ],
                padding="reflect",
            ),
            content_layer="block5_conv1",
            # Where it was taught to resemble VGG19.
            distance_layers=tuple(f"block{block}_conv1" for block in range(1, 6)),
            file="vgg19_distilled16x_relu5_1.npz",
            sha256="ac5792a38f093f76dc3443acd0dc2cf38e88c1078b1b31f136ed6757630193df",
            mixing="model.conv0",
            aliases=_VGG22,
        ),
        # Iandola et al., SqueezeNet, 2016, and its v1.1 (MIT); the layers are those
        # that Zhang et al., CVPR 2018, compare.
        Plan(
            name="squeezenet11",
            layers=_squeezenet11(),
            content_layer="fire9",
            distance_layers=("conv1", *(f"fire{n}" for n in (3, 5, 6, 7, 8, 9))),
            file="squeezenet11_notop.h5",
            sha256="2d935d8c102ad1232484a77da8e6fbdf3ff4ab608974a0d8b6283115ffff204f",
        ),
    )
}
"""The feature networks by name."""
