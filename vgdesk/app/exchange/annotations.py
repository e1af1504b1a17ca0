"""Annotations of sound files: TextGrid, EAF, and output tables of forced aligners.

Every labelled interval of the word tier becomes a take of the same, unchanged sound file. On a
point tier each word runs from its point to the next one.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from vgdesk.app.exchange.corpus_tables import read_table_file
from vgdesk.app.exchange.importing import PlannedTake
from vgdesk.app.formats.aligner_table import ALIGNED, aligned_tiers, is_alignment
from vgdesk.app.formats.eaf import read_eaf
from vgdesk.app.formats.foreign_table import Table
from vgdesk.app.formats.textgrid import read_textgrid
from vgdesk.app.formats.tiers import Annotation, Interval, Tier, TierFile
from vgdesk.app.words.label_columns import PHONES, PHONES_SOURCE
from vgdesk.audio.files import SUFFIXES
from vgdesk.core.errors import VgdeskError

# The reader of each suffix; capitals do not matter.
READERS: Mapping[str, Callable[[Path], TierFile]] = {".TextGrid": read_textgrid, ".eaf": read_eaf}
_READERS = {suffix.casefold(): read for suffix, read in READERS.items()}
SAYS_PHONES = "annotation"
# Labels of silent intervals in the output of aligners.
SILENCES = frozenset({"<eps>", "<sil>", "<p:>", "<p>", "#"})
SILENT_PHONES = SILENCES | {"sil", "sp", "spn", "pau"}

_WORDS = re.compile(r"\b(word|wort|wört|ort|mot|palabra|parola|woord|lex)", re.IGNORECASE)
_PHONES = re.compile(r"\b(phone|phon|seg|laut|mau|ipa)", re.IGNORECASE)


def is_annotation(file: Path) -> bool:
    """Return whether the suffix is that of an annotation; tables have to be read to find out."""
    return file.suffix.casefold() in _READERS


def read_annotation(file: Path, sounds: Iterable[Path] = ()) -> Annotation:
    """Read an annotation and find its sound.

    Parameters
    ----------
    sounds
        Files given together with it; otherwise the sound file is searched in its folder.

    Raises
    ------
    VgdeskError
        If it cannot be read; the message gives the reason.
    """
    if read := _READERS.get(file.suffix.casefold()):
        return _with_sound(file, read(file), sounds)
    return annotation_of(read_table_file(file), sounds)


def annotation_of(table: Table, sounds: Iterable[Path] = ()) -> Annotation:
    """Make an annotation of the output table of a forced aligner; as `read_annotation`."""
    if not is_alignment(table):
        raise VgdeskError(
            f"“{table.file.name}” is not the output table of a forced aligner.",
            f"Its first line should be: {', '.join(ALIGNED)}.",
        )
    found = TierFile(aligned_tiers(table), is_guessed=table.is_guessed)
    return _with_sound(table.file, found, sounds)


def _with_sound(file: Path, found: TierFile, given: Iterable[Path]) -> Annotation:
    sound = _sound_of(file, found.sounds, tuple(given))
    looked_for = (*found.sounds, f"{file.stem}.wav")
    return Annotation(file, found.tiers, sound, looked_for, found.is_guessed)


def _sound_of(file: Path, named: Sequence[str], given: Sequence[Path]) -> Path | None:
    for name in named:
        beside = file.parent / name
        if beside.suffix.lower() in SUFFIXES and beside.is_file():
            return beside
    names = {Path(name).stem.casefold() for name in named} | {file.stem.casefold()}
    nearby = (one for one in file.parent.iterdir() if one.suffix.lower() in SUFFIXES)
    found = [one for one in (*given, *sorted(nearby)) if one.stem.casefold() in names]
    return found[0] if found else None


def tier_names(annotations: Iterable[Annotation]) -> tuple[str, ...]:
    """List the non-empty tiers, without the speaker prefix if there are several speakers."""
    names = [_kind(tier) for one in annotations for tier in one.tiers if tier.intervals]
    return tuple(dict.fromkeys(names))


def _kind(tier: Tier) -> str:
    """Return the name of a tier without its speaker, so one choice applies to all speakers."""
    return tier.name.removeprefix(f"{tier.speaker} - ") or tier.name


def guess_tiers(names: Sequence[str]) -> tuple[str, str]:
    """Guess the word tier and the phone tier; an empty name for none."""
    words = [name for name in names if _WORDS.search(name)]
    phones = [name for name in names if _PHONES.search(name) and name not in words]
    others = [name for name in names if name not in phones]
    return next(iter((*words, *others, *names)), ""), next(iter(phones), "")


def takes_of(
    annotation: Annotation, words: str, phones: str, language: str
) -> tuple[PlannedTake, ...]:
    """Plan a take for each word.

    Parameters
    ----------
    words, phones
        Names as returned by `tier_names`; empty for no phones.

    Raises
    ------
    VgdeskError
        If the sound or the tier is missing, or the tier is not time-aligned.
    """
    tiers = [tier for tier in annotation.tiers if words in (tier.name, _kind(tier))]
    _refuse(annotation, words, tiers)
    assert annotation.sound is not None
    below = [tier for tier in annotation.tiers if phones in (tier.name, _kind(tier))]
    planned = []
    for tier in tiers:
        own = [one for one in below if one.speaker == tier.speaker] or below
        heard = sorted((one for sub in own for one in sub.intervals), key=_middle)
        for word in tier.intervals:
            if word.label.casefold() not in SILENCES:
                planned.append(
                    PlannedTake(
                        annotation.sound,
                        word.label,
                        language,
                        start=word.start,
                        end=word.end,
                        speaker=tier.speaker,
                        labels=_phones_within(word, heard),
                    )
                )
    return tuple(planned)


def _refuse(annotation: Annotation, words: str, tiers: Sequence[Tier]) -> None:
    name = annotation.file.name
    if annotation.sound is None:
        looked_for = " or ".join(f"“{one}”" for one in dict.fromkeys(annotation.looked_for))
        raise VgdeskError(
            f"The sound file of “{name}” was not found; {looked_for} is not in its folder.",
            "Put the sound file into the same folder, or choose both files together.",
        )
    if not tiers:
        there = ", ".join(f"“{tier.name}”" for tier in annotation.tiers) or "none"
        raise VgdeskError(
            f"“{name}” has no tier “{words}”. Its tiers: {there}.", "Choose one of these."
        )
    if any(tier.is_estimated for tier in tiers):
        raise VgdeskError(
            f"The tier “{words}” of “{name}” is not time-aligned: several of its labels share one "
            "interval.",
            "Choose its parent tier, or align its words in ELAN.",
        )


def _middle(interval: Interval) -> float:
    return (interval.start + interval.end) / 2


def _phones_within(word: Interval, heard: Sequence[Interval]) -> Mapping[str, str]:
    """Join the labels whose midpoints are within a word; `heard` is sorted by midpoint."""
    first = bisect_left(heard, word.start, key=_middle)
    last = bisect_left(heard, word.end, lo=first, key=_middle)
    labels = [one.label for one in heard[first:last]]
    spoken = [label for label in labels if label.casefold() not in SILENT_PHONES]
    return {PHONES: " ".join(spoken), PHONES_SOURCE: SAYS_PHONES} if spoken else {}
