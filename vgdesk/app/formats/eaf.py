"""EAF files of ELAN, read by pympi after a safety check."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from vgdesk.app.formats.foreign_text import read_bounded
from vgdesk.app.formats.tiers import Interval, Tier, TierFile
from vgdesk.core.errors import VgdeskError

DEEPEST = 20  # levels of dependent tiers; ELAN's own corpora have five

_Span = tuple[float, float, bool]  # start and end in seconds, whether they are estimated


def read_eaf(file: Path) -> TierFile:
    """Read the tiers of an EAF file and the names of its sound file.

    Raises
    ------
    VgdeskError
        If it is not an EAF file, is damaged, or defines XML entities.
    """
    _refuse_harmful(file)
    # Imported here because only EAF files need it.
    from pympi import Eaf

    try:
        eaf = Eaf(str(file), suppress_version_warning=True)
        spans = _spans(eaf)
        tiers = tuple(_tier(name, content, spans) for name, content in eaf.tiers.items())
        media = _media(eaf.media_descriptors)
    except Exception as error:  # pympi raises bare exceptions
        raise _damaged(file) from error
    return TierFile(tiers, media)


def _refuse_harmful(file: Path) -> None:
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    content = read_bounded(file)
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise VgdeskError(
            f"“{file.name}” defines XML entities, which an EAF file does not need and which can "
            "be harmful, so it was not read.",
            "Open it in ELAN and save it again.",
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise _damaged(file) from error
    if root.tag != "ANNOTATION_DOCUMENT":
        raise VgdeskError(f"“{file.name}” is not an EAF file.", "Choose a file saved by ELAN.")


def _spans(eaf: Any) -> dict[str, _Span]:
    """Return the time span of every annotation that has times, directly or through a parent."""
    spans: dict[str, _Span] = {}
    for aligned, _referring, *_rest in eaf.tiers.values():
        for name, (first, last, *_more) in aligned.items():
            start, end = eaf.timeslots[first], eaf.timeslots[last]
            if start is not None and end is not None:
                spans[name] = start / 1000, end / 1000, False
    for _round in range(DEEPEST):  # a tier may precede its parent
        before = len(spans)
        for _aligned, referring, *_rest in eaf.tiers.values():
            _share(referring, spans)
        if len(spans) == before:
            break
    return spans


def _share(referring: Mapping[str, tuple[Any, ...]], spans: dict[str, _Span]) -> None:
    """Divide the span of each parent equally among its child annotations."""
    children: dict[str, list[str]] = {}
    for name, (parent, *_more) in referring.items():
        if parent in spans and name not in spans:
            children.setdefault(parent, []).append(name)
    for parent, names in children.items():
        start, end, is_estimated = spans[parent]
        share = (end - start) / len(names)
        for place, name in enumerate(names):
            first = start + place * share
            spans[name] = first, first + share, is_estimated or len(names) > 1


def _tier(name: str, content: tuple[Any, ...], spans: Mapping[str, _Span]) -> Tier:
    aligned, referring, attributes, _place = content
    labels = {key: entry[2] for key, entry in aligned.items()}
    labels |= {key: entry[1] for key, entry in referring.items()}
    intervals, is_estimated = [], False
    for key, label in labels.items():
        start, end, is_shared = spans.get(key, (0.0, 0.0, False))
        text = " ".join(label.split())
        if text and end > start >= 0:
            intervals.append(Interval(text, start, end))
            is_estimated |= is_shared
    speaker = attributes.get("PARTICIPANT", "").strip()
    return Tier(name, tuple(intervals), speaker, is_estimated=is_estimated)


def _media(descriptors: list[dict[str, str]]) -> tuple[str, ...]:
    names = []
    for descriptor in descriptors:
        relative = unquote(descriptor.get("RELATIVE_MEDIA_URL", "")).removeprefix("file:")
        full = unquote(descriptor.get("MEDIA_URL", ""))
        # A full path belongs to the computer where it was written: only the file name counts.
        names += [relative, full.replace("\\", "/").rpartition("/")[2]]
    return tuple(dict.fromkeys(name for name in names if name and "\0" not in name))


def _damaged(file: Path) -> VgdeskError:
    return VgdeskError(
        f"“{file.name}” is damaged or not an EAF file. Nothing was added.",
        "Open it in ELAN and save it again.",
    )
