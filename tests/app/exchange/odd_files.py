"""Files as Praat and ELAN write them, made without the libraries that read them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile


class Marked(NamedTuple):
    start: float
    end: float
    label: str


class Point(NamedTuple):
    time: float
    label: str


Tiers = Mapping[str, Sequence[Marked | Point]]


def quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def _kind(entries: Sequence[Marked | Point]) -> str:
    return "TextTier" if entries and isinstance(entries[0], Point) else "IntervalTier"


def long_grid(tiers: Tiers, end: float = 10) -> str:
    lines = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0 ",
        f"xmax = {end} ",
        "tiers? <exists> ",
        f"size = {len(tiers)} ",
        "item []: ",
    ]
    for number, (name, entries) in enumerate(tiers.items(), start=1):
        kind = "points" if _kind(entries) == "TextTier" else "intervals"
        lines += [
            f"    item [{number}]:",
            f'        class = "{_kind(entries)}" ',
            f"        name = {quoted(name)} ",
            "        xmin = 0 ",
            f"        xmax = {end} ",
            f"        {kind}: size = {len(entries)} ",
        ]
        for place, entry in enumerate(entries, start=1):
            heads = ("number", "mark") if isinstance(entry, Point) else ("xmin", "xmax", "text")
            lines.append(f"        {kind} [{place}]:")
            cells = [*map(str, entry[:-1]), quoted(entry[-1])]
            lines += [f"            {h} = {c} " for h, c in zip(heads, cells, strict=True)]
    return "\n".join(lines) + "\n"


def short_grid(tiers: Tiers, end: float = 10) -> str:
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "0", str(end)]
    lines += ["<exists>", str(len(tiers))]
    for name, entries in tiers.items():
        lines += [f'"{_kind(entries)}"', quoted(name), "0", str(end), str(len(entries))]
        for entry in entries:
            lines += [*map(str, entry[:-1]), quoted(entry[-1])]
    return "\n".join(lines) + "\n"


def eaf(
    aligned: Mapping[str, Sequence[Marked]],
    referring: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    media: str = "./a.wav",
    speaker: str = "",
) -> str:
    """Annotations are called a1, a2, … in order; a referring one names its parent."""
    slots, tiers, number = [], [], 0
    for name, entries in aligned.items():
        inner = ""
        for start, end, label in entries:
            number += 1
            for time in (start, end):
                slot = f'TIME_VALUE="{round(time * 1000)}" ' if time >= 0 else ""
                slots.append(f'<TIME_SLOT TIME_SLOT_ID="ts{len(slots) + 1}" {slot}/>')
            refs = f'TIME_SLOT_REF1="ts{len(slots) - 1}" TIME_SLOT_REF2="ts{len(slots)}"'
            inner += (
                f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{number}" {refs}>'
                f"<ANNOTATION_VALUE>{label}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
            )
        who = f'PARTICIPANT="{speaker}" ' if speaker else ""
        tiers.append(f'<TIER TIER_ID="{name}" {who}LINGUISTIC_TYPE_REF="t">{inner}</TIER>')
    for name, children in (referring or {}).items():
        inner = ""
        for parent, label in children:
            number += 1
            inner += (
                f'<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a{number}" ANNOTATION_REF="{parent}">'
                f"<ANNOTATION_VALUE>{label}</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>"
            )
        tiers.append(f'<TIER TIER_ID="{name}" LINGUISTIC_TYPE_REF="t">{inner}</TIER>')
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ANNOTATION_DOCUMENT AUTHOR="" DATE="2026-01-01T00:00:00+00:00" FORMAT="3.0" '
        'VERSION="3.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">'
        f'<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"><MEDIA_DESCRIPTOR '
        f'MEDIA_URL="file:///home/ana/{media.removeprefix("./")}" MIME_TYPE="audio/x-wav" '
        f'RELATIVE_MEDIA_URL="{media}"/></HEADER>'
        f"<TIME_ORDER>{''.join(slots)}</TIME_ORDER>{''.join(tiers)}</ANNOTATION_DOCUMENT>"
    )


def noise(file: Path, seconds: float = 10, rate: int = 8000, channels: int = 1) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    samples = np.random.default_rng(0).normal(0, 0.1, (int(seconds * rate), channels))
    soundfile.write(file, samples, rate)
    return file
