"""What is known of the data sets of super-resolution: facts only, no code.

Checksums of archives were copied from their publishers or from public projects that
verified them, and those of pixels computed on the sets that srkit was measured with.
The downloads themselves could not be tried where this table was written, so each
set can also be fetched by hand: the instructions say how.
"""

from __future__ import annotations

from srkit.data.builders.descriptors import Archive, ForeignSet, PictureSet, Split

_BSDS500 = Archive(
    url="https://www2.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/BSR/"
    "BSR_bsds500.tgz",
    size=70_763_455,
    checksum="md5:0b17383ff0b21fe43d2f28e624203169",
)
_BSDS500_PAGE = (
    "https://www2.eecs.berkeley.edu/Research/Projects/CS/vision/grouping/resources.html"
)
_BY_HAND = "Put the HR pictures into {folder}."

PICTURE_SETS = (
    PictureSet(
        name="set5",
        title="Set5, the five pictures of every table",
        citation="Bevilacqua et al., Low-Complexity Single-Image Super-Resolution "
        "based on Nonnegative Neighbor Embedding, BMVC 2012",
        license="none stated; research",
        homepage="http://people.rennes.inria.fr/Aline.Roumy/results/SR_BMVC12.html",
        archive=Archive(
            url="https://github.com/HedgehogCode/tensorflow-datasets-bw/releases/"
            "download/0.0.1rc/Set5.zip",
            size=852_383,
            checksum="sha256:"
            "1c0703fbea86c216cce1ab8052d8f285f6aa2cecbdb04c323d26b146c03ade75",
        ),
        splits=(
            Split(
                name="test",
                pictures=5,
                pixels="56d899b36425f6e2932d723ffc58806b"
                "5f82e6731427bb2990b7d877f2ea3f95",
            ),
        ),
        instructions=_BY_HAND,
        default=("test",),
        test=True,
    ),
    PictureSet(
        name="set14",
        title="Set14",
        citation="Zeyde, Elad, Protter, On Single Image Scale-Up Using Sparse-"
        "Representations, Curves and Surfaces 2010",
        license="none stated; research",
        homepage="https://doi.org/10.1007/978-3-642-27413-8_47",
        archive=Archive(
            url="https://github.com/HedgehogCode/tensorflow-datasets-bw/releases/"
            "download/0.0.1rc/Set14.zip",
            size=5_096_261,
            checksum="sha256:"
            "069b4c21d6477281a89710a1b4c740a56859a05207a7c2fb0f7d2a1655bb79ce",
        ),
        splits=(
            Split(
                name="test",
                pictures=14,
                pixels="8a939f03ce030722c9a75628d7343b72"
                "5d14f05ed3e65abacab39a4cece38443",
            ),
        ),
        instructions=_BY_HAND,
        default=("test",),
        test=True,
    ),
    PictureSet(
        name="bsd100",
        title="BSD100: the test part of BSDS300, which is the val part of BSDS500",
        citation="Martin et al., A Database of Human Segmented Natural Images, ICCV "
        "2001",
        license="research, non-commercial",
        homepage=_BSDS500_PAGE,
        archive=_BSDS500,
        splits=(Split(name="test", pictures=100, pattern="**/images/val/*"),),
        instructions="Unpack BSR_bsds500.tgz into {folder}, or put the 100 HR pictures "
        "into {folder}/images/val.",
        default=("test",),
        test=True,
    ),
    PictureSet(
        name="urban100",
        title="Urban100: facades",
        citation="Huang, Singh, Ahuja, Single Image Super-Resolution from Transformed "
        "Self-Exemplars, CVPR 2015",
        license="none stated; research",
        homepage="https://github.com/jbhuang0604/SelfExSR",
        splits=(Split(name="test", pictures=100, pattern="**/*HR.*"),),
        instructions="git clone https://github.com/jbhuang0604/SelfExSR, then copy "
        "data/Urban100/image_SRF_4/*_HR.png into {folder}.",
        default=("test",),
        test=True,
    ),
    PictureSet(
        name="t91",
        title="T91, the 91 training pictures of the first learnt methods",
        citation="Yang et al., Image Super-Resolution via Sparse Representation, IEEE "
        "TIP 2010",
        license="none stated; research",
        homepage="http://www.ifp.illinois.edu/~jyang29/",
        splits=(
            Split(
                name="train",
                pictures=91,
                pixels="eec69f92d878fe71579bf273a0d5c483"
                "994757f2298438623bc1faf4249e36ae",
            ),
        ),
        instructions="Fetch http://www.ifp.illinois.edu/~jyang29/codes/ScSR.rar, "
        "unpack it (7z x ScSR.rar) and put the pictures of its Data/Training into "
        "{folder}.",
    ),
    PictureSet(
        name="bsds500",
        title="BSDS500; its val part is BSD100",
        citation="Arbelaez et al., Contour Detection and Hierarchical Image "
        "Segmentation, IEEE TPAMI 2011",
        license="research, non-commercial",
        homepage=_BSDS500_PAGE,
        archive=_BSDS500,
        splits=(
            Split(name="train", pictures=200, pattern="**/images/train/*"),
            Split(name="test", pictures=200, pattern="**/images/test/*"),
            Split(name="val", pictures=100, pattern="**/images/val/*"),
        ),
        default=("train", "test"),
        instructions="Unpack BSR_bsds500.tgz into {folder}.",
        leaks=("302003",),  # Set5's woman
    ),
    PictureSet(
        name="synla",
        title="SYNLA+, synthetic line art, 256x256",
        citation="Peng (bloc97), SYNLA Plus Dataset, "
        "https://github.com/bloc97/SYNLA-Plus",
        license="MIT; its backgrounds are cut from pictures used as fair dealing",
        homepage="https://github.com/bloc97/SYNLA-Plus",
        splits=(
            Split(name="train", pictures=4096, pattern="**/Dataset_4096/*"),
            Split(name="val", pictures=1024, pattern="**/Dataset_1024/*"),
        ),
        instructions="git clone https://github.com/bloc97/SYNLA-Plus, then put the "
        "colour sets of 4096 and 1024 pictures into {folder}/Dataset_4096 and "
        "{folder}/Dataset_1024.",
    ),
    PictureSet(
        name="mirflickr25k",
        title="MIRFLICKR-25000, photographs of Flickr",
        citation="Huiskes, Lew, The MIR Flickr Retrieval Evaluation, MIR 2008",
        license="Creative Commons, a licence each (in the archive)",
        homepage="https://press.liacs.nl/mirflickr/",
        archive=Archive(
            url="https://press.liacs.nl/mirflickr/mirflickr25k.v3b/mirflickr25k.zip",
            size=3_069_184_257,
            checksum="md5:a23d0a8564ee84cda5622a6c2f947785",
        ),
        splits=(Split(name="train", pictures=25_000, pattern="**/im*.jpg"),),
        instructions="Unpack mirflickr25k.zip into {folder}.",
    ),
    PictureSet(
        name="road_cctv",
        title="Road CCTV: Accident Detection From CCTV Footage",
        citation="Charan Kumar, Accident Detection From CCTV Footage, Kaggle 2020",
        license="none stated; study only",
        homepage="https://www.kaggle.com/datasets/ckay16/"
        "accident-detection-from-cctv-footage",
        splits=(
            Split(name="train", pictures=None, pattern="**/train/**/*"),
            Split(name="val", pictures=None, pattern="**/val/**/*"),
            Split(name="test", pictures=None, pattern="**/test/**/*"),
        ),
        instructions="kaggle datasets download ckay16/accident-detection-from-cctv-"
        "footage, then unpack it into {folder} (it holds data/train, data/val and "
        "data/test). Frames of one clip resemble each other and lie in several parts: "
        "split by clip before measuring.",
    ),
)
"""The sets that srkit builds itself."""

FOREIGN_SETS = (
    ForeignSet(
        name="div2k",
        title="DIV2K, 2K photographs",
        builder="div2k/bicubic_x2",
        feature="hr",
        license="research",
        splits=(
            Split(name="train", pictures=800),
            Split(name="validation", pictures=100),
        ),
    ),
    ForeignSet(
        name="celeb_a",
        title="CelebA, aligned faces of 178x218",
        builder="celeb_a",
        feature="image",
        license="research, non-commercial",
        splits=(
            Split(name="train", pictures=162_770),
            Split(name="validation", pictures=19_867),
            Split(name="test", pictures=19_962),
        ),
    ),
    ForeignSet(
        name="lfw",
        title="Labeled Faces in the Wild, 250x250",
        builder="lfw",
        feature="image",
        license="research",
        splits=(Split(name="train", pictures=13_233),),
    ),
)
"""The sets that srkit takes from TensorFlow Datasets."""
