"""How much of a word has to be heard before it is nearer to itself than to any other word.

The part heard up to each gate is compared by cosine with one vector for every word of the list,
the mean of its speakers, after the mean of these vectors has been subtracted from all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from vgdesk.analyses.base import GatingAnalysis, need_words
from vgdesk.analyses.inference.units import take_codes, words_of
from vgdesk.analyses.words.word_pairs import ROUNDING, unit_rows
from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.details import GatingResult
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.gates import Condition, Heard
from vgdesk.core.model import WordId
from vgdesk.core.results import Trace
from vgdesk.core.stack import LayerStack

MIN_WORDS = 3
# With fewer words the right word is first by chance too often.
TRUSTED_WORDS = 20
COMPETITORS = 3
# Cosines that differ by less than this are tied.
TIE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class References:
    """The vectors that gates are compared with.

    Attributes
    ----------
    words
        Every word once.
    values
        Shape [layers, words, dim], float64.
    own
        The index of the heard word.
    made_of
        Description of the takes that were averaged.
    has_itself
        Whether these include the heard take.
    """

    words: tuple[WordId, ...]
    values: Doubles
    own: int
    made_of: str
    has_itself: bool


def rank_gates(
    gates: LayerStack, takes: LayerStack, heard: Heard, layer: int, facts: Facts, _seed: int = 0
) -> GatingResult:
    """Rank the heard word among all words of the list, at every gate and layer.

    Parameters
    ----------
    gates
        One row per gate, in the order of `heard.times`.
    takes
        The takes of the list. Words are represented by takes of other speakers if one of these
        said the heard word, else by all takes but the heard one, else by all.
    layer
        The index of the layer whose competitors are listed.
    facts
        Speakers decide which takes are used; pronunciations give the uniqueness point.

    Raises
    ------
    VgdeskError
        If the heard word is not in the list.
    """
    if gates.layers != takes.layers or len(gates.rows) != len(heard.times):
        raise ValueError(f"{gates.encoder}: gates must have the layers of takes and a row per time")
    references = _references(takes, heard, facts)
    n = len(references.words)
    cosines = _cosines(gates.values, references.values)
    ranks = _ranks(cosines, references.own)
    phone, share = None, None
    if heard.condition is not Condition.END and (known := facts.phones().get(heard.word)):
        phone = unique_phone(heard.word, facts.phones())
        share = None if phone is None else phone / len(known)
    return GatingResult(
        "gating",
        gates.encoder,
        heard.word,
        heard.take,
        heard.condition.value,
        gates.layers,
        np.array(heard.times),
        ranks,
        tuple(_recognised(of_layer, heard.times) for of_layer in ranks),
        gates.layers[layer],
        tuple(_nearest(of_gate, references) for of_gate in cosines[layer]),
        phone,
        None if share is None else share * heard.times[-1],
        (n + 1) / 2,
        Trace(
            f"rank of the word by cosine, {heard.condition.title}, among words made of "
            f"{references.made_of}",
            n,
            (gates.encoder,),
            "the mean rank of a random word, (n + 1) / 2",
            warning=_warning(references),
        ),
    )


def unique_phone(word: WordId, phones: Mapping[WordId, tuple[str, ...]]) -> int | None:
    """Return the first phone, from 1, up to which no other word is pronounced the same.

    None if another word is pronounced the same or continues where this one ends.
    """
    own = phones[word]
    shared = max((_shared(own, other) for name, other in phones.items() if name != word), default=0)
    return None if shared == len(own) else shared + 1


def _shared(one: Iterable[str], other: Iterable[str]) -> int:
    """Count the initial phones that two words share."""
    count = 0
    for phone, beside in zip(one, other, strict=False):
        if phone != beside:
            break
        count += 1
    return count


def _references(takes: LayerStack, heard: Heard, facts: Facts) -> References:
    need_words(MIN_WORDS, len(set(takes.words)))
    if heard.word not in takes.words:
        raise VgdeskError(
            f"“{heard.word}” is not among the recorded words of the list.",
            "Choose a word of the list that has been recorded.",
        )
    speaker_of = facts.speaker_of()
    speaker = speaker_of.get(heard.take)
    codes = take_codes(takes, facts).tolist()
    own = {code for code, row in zip(codes, takes.rows, strict=True) if row == heard.take}
    others = [i for i, code in enumerate(codes) if code not in own]
    by_others = [i for i in others if speaker and speaker_of.get(takes.rows[i], speaker) != speaker]
    for rows, made_of in ((by_others, "takes of other speakers"), (others, "all other takes")):
        words = {takes.words[i] for i in rows}
        if heard.word in words and len(words) >= MIN_WORDS:
            averaged = words_of(takes.only(rows), facts)
            return _references_of(averaged, heard.word, made_of, has_itself=False)
    averaged, made_of = words_of(takes, facts), "all takes, itself included"
    return _references_of(averaged, heard.word, made_of, has_itself=True)


def _references_of(words: LayerStack, own: WordId, made_of: str, *, has_itself: bool) -> References:
    place, values = words.words.index(own), words.values.astype(np.float64)
    return References(words.words, values, place, made_of, has_itself)


def _cosines(gates: FloatArray, references: Doubles) -> Doubles:
    """Return [layers, gates, words]; 0 where a vector does not differ from the mean."""
    return np.stack(
        [
            unit_rows(_centred(rows.astype(np.float64), words))
            @ unit_rows(_centred(words, words)).T
            for rows, words in zip(gates, references, strict=True)
        ]
    )


def _centred(rows: Doubles, words: Doubles) -> Doubles:
    """Subtract the mean of the words from rows; what is only rounding becomes 0."""
    # Subtracting the first word is exact, so that rows which are all the same are exactly 0.
    centred: Doubles = (rows - words[0]) - (words - words[0]).mean(axis=0)
    size, left = (np.linalg.norm(values, axis=1) for values in (rows, centred))
    centred[left <= ROUNDING * size] = 0.0
    return centred


def _ranks(cosines: Doubles, own: int) -> Doubles:
    ahead = cosines - cosines[..., own, None]
    nearer = (ahead > TIE).sum(axis=-1)
    tied = (np.abs(ahead) <= TIE).sum(axis=-1)
    ranks: Doubles = nearer + (tied + 1) / 2
    return ranks


def _recognised(ranks: Doubles, times: tuple[float, ...]) -> float | None:
    """Return the time from which the word stays first."""
    missed = np.flatnonzero(ranks > 1)
    first = int(missed[-1]) + 1 if len(missed) else 0
    return times[first] if first < len(times) else None


def _nearest(cosines: Doubles, references: References) -> tuple[WordId, ...]:
    order = [i for i in np.argsort(-cosines, kind="stable").tolist() if i != references.own]
    return tuple(references.words[i] for i in order[:COMPETITORS])


def _warning(references: References) -> str:
    n, parts = len(references.words), []
    if n < TRUSTED_WORDS:
        parts.append(f"Too few words to trust: chance alone puts one in {n} first.")
    if references.has_itself:
        parts.append("There is only one take of the word, so it is compared with itself.")
    return " ".join(parts)


GATING = GatingAnalysis(
    id="gating",
    title="Gating",
    explains="How much of a word must be heard before it is nearer to the whole word than to "
    "other words.",
    reading="Rank 1 means that no other word of the list is nearer; chance is the middle rank.",
    avoid="The uniqueness point is an estimate: it assumes that all phones are equally long.",
    formula="1 + #{w: cos(g - m, w - m) > cos(g - m, own - m)} + ties / 2, g the part that is "
    "heard, w the words of the list, each the mean of its speakers, m their mean",
    source="Grosjean (1980), Spoken word recognition processes and the gating paradigm; Havard et "
    "al. (2019), Word recognition, competition, and activation in a model of visually grounded "
    "speech",
    min_words=MIN_WORDS,
    compute=rank_gates,
)
