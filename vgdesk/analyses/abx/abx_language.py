"""Whether an encoder tells languages apart: ABX on language, within each speaker."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from vgdesk.analyses.abx.abx import (
    FORMULA,
    SHUFFLED_ROWS,
    TRUSTED_WORDS,
    Chance,
    error_curve,
    without_each_row,
)
from vgdesk.analyses.abx.abx_triples import Trials
from vgdesk.analyses.base import CurveAnalysis, need_words
from vgdesk.analyses.inference.chance import SHUFFLES, permuted_labels
from vgdesk.analyses.inference.jackknife import INTERVAL
from vgdesk.analyses.inference.units import sayings_of, words_of
from vgdesk.core.arrays import Codes, Doubles
from vgdesk.core.errors import VgdeskError
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack
from vgdesk.core.viewing import Rows

# Three words in two languages, all said by one speaker and two by another.
MIN_TAKES = 5
# Words used at least to estimate chance; with more words only its spread changes.
SHUFFLED_WORDS = 40


def tell_languages(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """ABX error rate of the languages at every layer, within each speaker where these are known.

    A and X are two words of one language, B is a word of another, all by one speaker. Takes of a
    word by one speaker are averaged first, so that word identity does not help. If no known speaker
    said words of two languages, as with written words, the speakers of a word are averaged as well.

    Parameters
    ----------
    stack
        One row per take.
    seed
        For the shuffled languages of the chance band.

    Returns
    -------
    LayerCurve
        From 0 (no errors) to 1; chance is .5.
    """
    need_words(MIN_TAKES, len(stack.rows))
    used, speakers = _by_speaker(stack, facts)
    languages = facts.languages()
    codes = np.unique([languages[word] for word in used.words], return_inverse=True)[1]
    trials = Trials.of(codes, speakers, within=True)
    rng = np.random.default_rng(seed)
    chance = _shuffled_languages(used, codes, speakers, trials, rng)
    voices = "" if speakers is None else f" within each of {speakers.max() + 1} speakers"
    trace = Trace(
        f"ABX error rate of languages{voices}, all triples, by angle",
        len(used.rows),
        (stack.encoder,),
        chance.words,
        seed,
        _warning(used, is_mixed=stack.rows != stack.words and speakers is None),
        INTERVAL,
    )
    by = np.zeros_like(codes) if speakers is None else speakers
    kinds = np.unique(by * (codes.max() + 1) + codes, return_inverse=True)[1]
    words = np.unique(used.words, return_inverse=True)[1]
    left_out = without_each_row(kinds, words, trials)
    return (error_curve("abx-language", used, trials, chance, left_out, trace),)


def multilingual_gap(alone: LayerCurve, together: LayerCurve) -> Doubles:
    """Return the relative increase in error of an encoder trained on several languages.

    Parameters
    ----------
    alone, together
        Error rates, such as those of ABX, of an encoder trained on one language and of one trained
        on several.

    Returns
    -------
    array
        Shape [layers]: (together - alone) / alone.

    References
    ----------
    Cruz Blandón et al. (2025), arXiv 2509.17523.
    """
    if (alone.measure, alone.layers) != (together.measure, together.layers):
        raise ValueError("a gap needs curves of one measure over the same layers")
    if not np.all(alone.values):
        raise VgdeskError(
            "The encoder trained on one language makes no errors, so the gap is undefined.",
            "Choose harder words, or more of them.",
        )
    gap: Doubles = (together.values - alone.values) / alone.values
    return gap


def _by_speaker(stack: LayerStack, facts: Facts) -> tuple[LayerStack, Codes | None]:
    """Keep and number the speakers with two words of one language and one of another.

    If there are none, all words are kept. Takes are averaged.
    """
    languages, speaker_of = facts.languages(), facts.speaker_of()
    known = stack.only([i for i, word in enumerate(stack.words) if word in languages])
    if not _are_triples(set(known.words), languages):
        raise VgdeskError(
            "ABX needs at least two words of one language and one of another.",
            "Add words of another language, with their language in the column “language”.",
        )
    said: dict[str, set[WordId]] = defaultdict(set)
    for row, word in zip(known.rows, known.words, strict=True):
        said[speaker_of.get(row, "")].add(word)
    able = [who for who, words in said.items() if who and _are_triples(words, languages)]
    if not able:
        return words_of(known, facts), None
    spoken = known.only([i for i, row in enumerate(known.rows) if speaker_of.get(row) in able])
    used = sayings_of(spoken, facts)
    return used, np.unique([speaker_of[row] for row in used.rows], return_inverse=True)[1]


def _are_triples(words: set[WordId], languages: Mapping[WordId, str]) -> bool:
    """Return whether two of the words share a language and a third does not."""
    return 1 < len({languages[word] for word in words}) < len(words)


def _shuffled_languages(
    stack: LayerStack,
    codes: Codes,
    speakers: Codes | None,
    trials: Trials,
    rng: np.random.Generator,
) -> Chance:
    """Shuffle the languages among the words; of a long list, among a sample of words."""
    rows, some, how = np.arange(len(codes)), codes, ""
    word_of_row = np.unique(stack.words, return_inverse=True)[1]
    by = np.zeros_like(codes) if speakers is None else speakers
    count = int(word_of_row.max()) + 1
    if count > SHUFFLED_WORDS and _work(by) > SHUFFLED_ROWS**2:
        place = rng.permutation(count)[word_of_row]
        # Where many speakers said a few words each, most words are needed for any triple.
        words = range(SHUFFLED_WORDS, count)
        at_most = bisect_right(words, SHUFFLED_ROWS**2, key=lambda n: _work(by[place < n]))
        enough = words[max(at_most - 1, 0)]
        rows = np.flatnonzero(place < enough)
        some = place[rows] % min(int(codes.max()) + 1, enough // 4)
        how = f" {enough} of the"
    own = None if speakers is None else speakers[rows]
    dealt, among = permuted_labels(tuple(stack.words[row] for row in rows), some, rng)
    return Chance(
        rows,
        [Trials.of(labels, own, within=True) for labels in dealt[1:]],
        trials.spread() / Trials.of(some, own, within=True).spread(),
        f"{SHUFFLES} shuffles of the languages among{how} {among}",
    )


def _work(speakers: Codes) -> int:
    """Count the pairs of rows by the same speaker, including each row with itself."""
    return int(np.sum(np.bincount(speakers) ** 2))


def _warning(stack: LayerStack, *, is_mixed: bool) -> str:
    words = len(set(stack.words))
    few = f"Too few words to trust: only {words} in a known language." * (words < TRUSTED_WORDS)
    voices = "No speaker recorded words of two languages: voices alone may separate them."
    return " ".join(part for part in (few, voices * is_mixed) if part)


ABX_LANGUAGE = CurveAnalysis(
    id="abx-language",
    title="ABX error of languages",
    explains="How often a word X is nearer to a word of another language than to one of the same "
    "language, all by one speaker.",
    reading="0 means that languages are always told apart, .5 is chance.",
    avoid="Not where the words of one language are longer, rarer or recorded elsewhere, nor where "
    "each speaker speaks only one language: it then measures voices.",
    formula=FORMULA,
    source="de Seyssel et al. (2022), Probing phoneme, language and speaker information in "
    "unsupervised speech representations",
    min_words=MIN_TAKES,
    compute=tell_languages,
    rows=Rows.TAKES,
    uses_labels=False,
)
