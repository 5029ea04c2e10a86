"""Labels of invented detail, read back by other means than they were written with."""

from __future__ import annotations

import io
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from PIL import Image

from srkit.image import Label, Metadata, Picture, with_label
from srkit.image.labels import EDITED, GENERATED, SOURCE_TYPES

LABEL = Label(system="srkit with <net> & co", sentence='Enlarged; detail "invented".')
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
EXT = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
DC = "{http://purl.org/dc/elements/1.1/}"
BOUND = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:iptcExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:mine="urn:mine"'
)


def packet(inside="", attributes="", about=""):
    """A packet as cameras and programs write them; they choose the prefixes."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {BOUND}>'
        f'<rdf:Description rdf:about="{about}" mine:kept="yes" {attributes}>'
        f"<mine:deep><rdf:Bag><rdf:li>säfe</rdf:li></rdf:Bag></mine:deep>{inside}"
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
        f'{" " * 2000}<?xpacket end="w"?>'
    ).encode()


def found(xmp):
    """All properties of a packet by name; each must be there once."""
    text = xmp.decode()
    (root,) = ET.fromstring(text[text.index("<x:") :])
    properties = {}
    for block in root:
        assert block.tag == f"{RDF}Description"
        inner = {e.tag: [li.text for li in e.iter(f"{RDF}li")] for e in block}
        for name, value in (*block.attrib.items(), *inner.items()):
            assert name == f"{RDF}about" or name not in properties
            assert properties.setdefault(name, value) == value  # one subject
    return properties


@pytest.mark.parametrize(
    ("suffix", "dtype"),
    [
        *((suffix, np.uint8) for suffix in (".png", ".jpg", ".webp", ".tif")),
        *((suffix, np.uint16) for suffix in (".png", ".tif")),
    ],
)
def test_every_format_but_bmp_holds_the_label(suffix, dtype, tmp_path):
    metadata = Metadata(xmp=with_label(packet(), LABEL), dpi=(300, 300))
    path = tmp_path / f"file{suffix}"
    Picture(np.zeros((4, 5, 3), dtype), metadata).save(path)
    if dtype == np.uint8:
        with Image.open(path) as image:
            assert found(image.info["xmp"])[f"{EXT}DigitalSourceType"] == EDITED
    said = path.read_bytes()  # as one who knows neither Pillow nor srkit looks
    start, end = said.index(b"<x:xmpmeta"), said.index(b"</x:xmpmeta>") + 12
    assert found(said[start:end])[f"{DC}description"] == [LABEL.sentence]


def test_bmp_has_no_place_for_it(tmp_path):
    metadata = Metadata(xmp=with_label(None, LABEL))
    Picture(np.zeros((4, 5, 3), np.uint8), metadata).save(tmp_path / "file.bmp")
    assert b"xmpmeta" not in (tmp_path / "file.bmp").read_bytes()


def test_what_a_label_says():
    assert found(with_label(None, LABEL)) == {
        f"{RDF}about": "",
        f"{EXT}DigitalSourceType": (
            "http://cv.iptc.org/newscodes/digitalsourcetype/"
            "compositeWithTrainedAlgorithmicMedia"
        ),
        f"{EXT}AISystemUsed": LABEL.system,
        f"{DC}description": [LABEL.sentence],
    }


def test_all_else_in_the_packet_stays():
    before = packet(about="uuid:7")
    after = with_label(before, LABEL)
    kept = found(before)
    assert kept[f"{RDF}about"] == "uuid:7"
    assert {name: found(after)[name] for name in kept} == kept
    assert after.startswith(before[: before.index(b"<x:")].strip())
    assert after.endswith(b'<?xpacket end="w"?>')
    assert len(after) < len(before), "padding makes room for the label"


@pytest.mark.parametrize(
    "written",
    [
        {"attributes": 'iptcExt:DigitalSourceType="{}"'},
        {"inside": "<iptcExt:DigitalSourceType> {} </iptcExt:DigitalSourceType>"},
        {"inside": '<iptcExt:DigitalSourceType rdf:resource="{}"/>'},
    ],
)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{SOURCE_TYPES}digitalCapture", EDITED),
        (EDITED, EDITED),
        (GENERATED, GENERATED),
    ],
)
def test_a_capture_is_one_no_more_and_what_was_generated_stays_so(
    written, before, after
):
    ((place, text),) = written.items()
    xmp = with_label(packet(**{place: text.format(before)}), LABEL)
    assert found(xmp)[f"{EXT}DigitalSourceType"] == after


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ({"attributes": 'dc:description="Hall 3"'}, ["Hall 3"]),
        ({"inside": "<dc:description>Hall 3</dc:description>"}, ["Hall 3"]),
        (
            {
                "inside": "<dc:description><rdf:Alt><rdf:li>Hall 3</rdf:li>"
                '<rdf:li xml:lang="de">Halle 3</rdf:li></rdf:Alt></dc:description>'
            },
            ["Hall 3", "Halle 3"],
        ),
    ],
)
def test_the_sentence_joins_the_description(written, kept):
    texts = found(with_label(packet(**written), LABEL))[f"{DC}description"]
    assert texts == [f"{text}\n{LABEL.sentence}" for text in kept]


def test_labels_of_several_networks_stand_in_order():
    second = Label(system="another", sentence="Once more.")
    said = found(with_label(with_label(None, LABEL), second))
    assert said[f"{EXT}AISystemUsed"] == f"{LABEL.system}; another"
    assert said[f"{DC}description"] == [f"{LABEL.sentence}\nOnce more."]


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"<x:xmpmeta",
        b"<html/>",
        packet()[:-200] + b"<",
        b'<?xml version="1.0" encoding="no-such"?>' + packet(),
        b'<!DOCTYPE a [<!ENTITY b "b">]><x>&c;</x>',
    ],
)
def test_a_damaged_packet_hinders_no_label(damaged):
    assert found(with_label(damaged, LABEL))[f"{EXT}DigitalSourceType"] == EDITED


def test_padding_of_zeros_is_no_damage():
    assert found(with_label(packet() + b"\0\0", LABEL))["{urn:mine}kept"] == "yes"


def test_a_label_is_read_again_with_the_picture():
    picture = Picture(np.zeros((4, 5, 3), np.uint8), Metadata(xmp=packet()))
    image = picture.to_pil()
    image.info["xmp"] = with_label(image.info["xmp"], LABEL)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", xmp=image.info["xmp"])
    again = Picture.from_pil(Image.open(buffer)).metadata.xmp
    assert found(again)[f"{EXT}AISystemUsed"] == LABEL.system
