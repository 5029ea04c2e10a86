"""What a file says of pixels that a generative network drew: a label in its XMP.

The words are IPTC's, which viewers, archives and platforms read: the digital source
type becomes "edited using generative AI", the system that did it is named, and a
sentence for people joins the description. All else that the packet says stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC = "http://purl.org/dc/elements/1.1/"
_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_EMPTY = (
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}"/></x:xmpmeta>'
).encode()

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
"""IPTC's vocabulary of where the pixels of a picture come from."""
EDITED = f"{SOURCE_TYPES}compositeWithTrainedAlgorithmicMedia"
GENERATED = f"{SOURCE_TYPES}trainedAlgorithmicMedia"


@dataclass(frozen=True, kw_only=True)
class Label:
    """What a file must say of the network that drew its detail."""

    system: str
    """Program and network."""
    sentence: str
    """What was done and what it means, for people."""


def with_label(xmp: bytes | None, label: Label) -> bytes:
    """Returns an XMP packet that says what the label says.

    What was captured by a camera or scanned is so no more; a picture that was generated
    altogether stays that. Systems and sentences of earlier labels stay before this one.

    Args:
        xmp: the packet so far; a damaged one is given up.
        label: what is to be said.

    Source: IPTC Photo Metadata Standard 2025.1, IPTC Extension: Digital Source Type, AI
        System Used; its vocabulary http://cv.iptc.org/newscodes/digitalsourcetype/.
    """
    document = _parsed(xmp)
    root = document.getElementsByTagNameNS(_RDF, "RDF")[0]
    kind = _taken(root, _EXT, "DigitalSourceType")
    systems = _taken(root, _EXT, "AISystemUsed")
    block = document.createElement("rdf:Description")
    about = [each.getAttributeNS(_RDF, "about") for each in _blocks(root)]
    for name, value in {
        "xmlns:rdf": _RDF,
        "xmlns:Iptc4xmpExt": _EXT,
        "rdf:about": next(iter(about), ""),  # the same in all of a packet
        "Iptc4xmpExt:DigitalSourceType": GENERATED if kind == GENERATED else EDITED,
        "Iptc4xmpExt:AISystemUsed": "; ".join(filter(None, [systems, label.system])),
    }.items():
        block.setAttribute(name, value)
    _describe(document, root, block, label.sentence)
    root.appendChild(block)
    return "".join(node.toxml() for node in document.childNodes).encode()


def _parsed(xmp: bytes | None) -> Any:
    """The packet as a document with an rdf:RDF."""
    from xml.dom.minidom import parseString
    from xml.parsers.expat import ExpatError

    try:
        document = parseString((xmp or _EMPTY).strip(b"\0 \t\r\n"))
    except (ExpatError, ValueError, LookupError):  # also of unknown encodings
        return parseString(_EMPTY)
    found = document.getElementsByTagNameNS(_RDF, "RDF")
    return document if found else parseString(_EMPTY)


def _blocks(root: Any) -> list[Any]:
    return _children(root, _RDF, "Description")


def _children(parent: Any, namespace: str, name: str) -> list[Any]:
    return [
        node
        for node in parent.childNodes
        if (node.namespaceURI, node.localName) == (namespace, name)
    ]


def _taken(root: Any, namespace: str, name: str) -> str:
    """Takes a property out, an attribute or an element, and returns its text."""
    texts = []
    for block in _blocks(root):
        if block.hasAttributeNS(namespace, name):
            texts.append(block.getAttributeNS(namespace, name))
            block.removeAttributeNS(namespace, name)
        for element in _children(block, namespace, name):
            block.removeChild(element)
            inner = "".join(getattr(node, "data", "") for node in element.childNodes)
            texts.append(element.getAttributeNS(_RDF, "resource") or inner.strip())
    return "".join(texts[:1])


def _describe(document: Any, root: Any, block: Any, sentence: str) -> None:
    """Adds a sentence to the description in each language, or makes one of it."""
    versions = [
        version
        for each in _blocks(root)
        for description in _children(each, _DC, "description")
        for version in description.getElementsByTagNameNS(_RDF, "li")
    ]
    if not versions:
        sentence = "\n".join(filter(None, [_taken(root, _DC, "description"), sentence]))
        block.setAttribute("xmlns:dc", _DC)
        parent = block
        for name in ("dc:description", "rdf:Alt", "rdf:li"):
            parent = parent.appendChild(document.createElement(name))
        parent.setAttribute("xml:lang", "x-default")
        versions = [parent]
    for version in versions:
        separator = "\n" if version.firstChild else ""
        version.appendChild(document.createTextNode(separator + sentence))
