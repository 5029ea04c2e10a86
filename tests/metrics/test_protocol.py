"""Protocols, and figures that carry them."""

import copy
import json
import pickle

import pytest

from srkit.errors import ArgumentError, ProtocolError
from srkit.metrics import CHANNELS, Protocol, Score

PAPERS = Protocol(shave=4, kernel="bicubic")


def score(value, quantity="PSNR", protocol=PAPERS):
    return Score(value, quantity=quantity, protocol=protocol)


def test_stamp():
    assert str(PAPERS) == "Y601s|shave4|uint8|LR=bicubic"
    assert str(Protocol(shave=0, channel="rgb")) == "RGB|shave0|uint8|LR=unstated"


@pytest.mark.parametrize("channel", CHANNELS)
def test_stamps_are_read_back(channel):
    protocol = Protocol(channel=channel, shave=3, kernel="lanczos3")
    assert Protocol.parse(str(protocol)) == protocol


@pytest.mark.parametrize("stamp", ["", "Y601s", "Y709|shave4|uint8|LR=bicubic"])
def test_what_is_no_stamp_is_refused(stamp):
    with pytest.raises(ProtocolError, match="`stamp` must look like"):
        Protocol.parse(stamp)


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"shave": -1}, "shave"),
        ({"shave": 1.5}, "shave"),
        ({"shave": True}, "shave"),
        ({"shave": 2, "channel": "L"}, "channel"),
        ({"shave": 2, "kernel": "a|b"}, "kernel"),
        ({"shave": 2, "kernel": ""}, "kernel"),
    ],
)
def test_wrong_options_are_refused(options, name):
    with pytest.raises(ArgumentError, match=f"`{name}` must be.*Received: "):
        Protocol(**options)


def test_a_score_is_a_float_and_says_its_protocol():
    assert score(32.054) == pytest.approx(32.054)
    assert str(score(32.054)) == "PSNR 32.05 dB [Y601s|shave4|uint8|LR=bicubic]"
    assert f"{score(32.054)}" == repr(score(32.054)) == str(score(32.054))
    assert f"{score(32.054):.1f}" == "32.1"
    assert str(score(0.9, "SSIM")).startswith("SSIM 0.9000 [Y601s")
    assert str(score(float("inf"))).startswith("PSNR inf dB")
    assert json.dumps(score(32.5)) == "32.5"


def test_like_scores_compare():
    assert score(32.0) > score(31.0)
    assert score(32.0) >= 31.0
    assert score(31.0) < score(32.0)
    assert score(31.0) <= score(31.0) == score(31.0) != score(32.0)
    assert score(32.0) - score(31.5) == 0.5
    assert len({score(31.0), score(31.0)}) == 1


@pytest.mark.parametrize(
    "other",
    [
        score(31.0, protocol=Protocol(shave=2, kernel="bicubic")),
        score(31.0, protocol=Protocol(shave=4, kernel="lanczos3")),
        score(0.9, "SSIM"),
    ],
)
@pytest.mark.parametrize(
    "compare",
    [
        lambda a, b: a < b,
        lambda a, b: a <= b,
        lambda a, b: a > b,
        lambda a, b: a >= b,
        lambda a, b: a == b,
        lambda a, b: a != b,
        lambda a, b: a - b,
        lambda a, b: max(a, b),
        lambda a, b: Score.mean([a, b]),
    ],
)
def test_unlike_scores_do_not(compare, other):
    with pytest.raises(ProtocolError, match="one quantity and protocol"):
        compare(score(31.0), other)


def test_mean():
    mean = Score.mean(map(score, [30.0, 31.0]))
    assert mean == score(30.5)
    with pytest.raises(ProtocolError, match="at least one"):
        Score.mean([])


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))]
)
def test_copies_keep_the_protocol(again):
    assert again(score(31.0)) == score(31.0)
    assert again(score(31.0)).protocol == PAPERS
