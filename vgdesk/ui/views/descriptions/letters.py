"""Letters of round and sharp words as sentences and tables; no widgets."""

import numpy as np

from vgdesk.core.arrays import Mask
from vgdesk.core.counting import counted
from vgdesk.core.details import LetterProfile
from vgdesk.ui.views.descriptions.results import DISCOVERY, chance_sentence, layer_name, made_by
from vgdesk.ui.widgets.data_table import Entry, Table

FIRST = {False: "first consonant", True: "first vowel"}
COLUMNS = ("values", "low", "high", "chance_low", "chance_mean", "chance_high", "q_values")


def letters_inside_chance(profile: LetterProfile) -> Mask:
    """Return the letters that do not differ from chance, shape [letters]."""
    mask: Mask = np.asarray(profile.q_values) > DISCOVERY
    return mask


def letter_readout(profile: LetterProfile, place: int) -> str:
    """Describe one letter."""
    value, low, high, chance_low, chance_high = (
        _fine(getattr(profile, name)[place])
        for name in ("values", "low", "high", "chance_low", "chance_high")
    )
    inside = ", q > .05" if letters_inside_chance(profile)[place] else ""
    return (
        f"{profile.letters[place]} as {FIRST[profile.is_vowel[place]]} ("
        f"{counted(len(profile.words[place]), 'word')}): {value} [{low}, {high}] "
        f"(chance {chance_low} to {chance_high}{inside})"
    )


def letters_summary(profile: LetterProfile, title: str) -> str:
    """Name the roundest and sharpest letters, and how many do not differ from chance."""
    values = np.asarray(profile.values)
    ends = [letter_readout(profile, int(place)) for place in (values.argmax(), values.argmin())]
    inside, count = int(letters_inside_chance(profile).sum()), len(values)
    chance = chance_sentence(inside, count, "letters", "hollow")
    return (
        f"n = {profile.trace.n}. {layer_name(profile.layer).capitalize()} of {title}. Roundest: "
        f"{ends[0]}. Sharpest: {ends[1]}. {chance} {made_by(profile.trace)}"
    )


def letters_table(profile: LetterProfile) -> Table:
    """List every letter with its interval and its chance band."""
    columns = [getattr(profile, name) for name in COLUMNS]
    rows: list[tuple[Entry, ...]] = [
        (
            letter,
            FIRST[is_vowel],
            len(words),
            *(float(column[place]) for column in columns),
        )
        for place, (letter, is_vowel, words) in enumerate(
            zip(profile.letters, profile.is_vowel, profile.words, strict=True)
        )
    ]
    headers = (
        "letter", "as", "words", "round minus sharp", "low", "high",
        "chance 2.5 %", "chance mean", "chance 97.5 %", "q",
    )  # fmt: skip
    return Table(headers, rows)


def _fine(value: float) -> str:
    """Format a small difference of cosines."""
    text = f"{value:.3f}"
    return "0.000" if text == "-0.000" else text.replace("-", "\u2212")
