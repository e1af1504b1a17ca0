"""Whether words that sound alike have similar vectors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.inference.chance import SHUFFLES, layer_curve
from vgdesk.analyses.inference.jackknife import (
    INTERVAL,
    correlation_interval,
    scale_of_sample,
)
from vgdesk.analyses.lexicon.pair_correlation import (
    correlation,
    cosine_distances,
    shuffled_correlations,
    standard_ranks,
)
from vgdesk.analyses.lexicon.phonetic_features import features_of, ipa_symbols, substitution_costs
from vgdesk.analyses.numerics.leaving_out import sampled_rows
from vgdesk.analyses.numerics.word_matrices import WordMatrices, correlations_left_out
from vgdesk.analyses.sequences.edit_distance import edit_distances
from vgdesk.core.arrays import Doubles, FloatArray
from vgdesk.core.errors import TooFewWordsError
from vgdesk.core.facts import Facts
from vgdesk.core.model import WordId
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.core.stack import LayerStack

MIN_WORDS = 4
# With fewer words the chance band is so wide that hardly anything leaves it.
TRUSTED_WORDS = 20
# Words sampled from a longer list: pairs grow with the square, and two million are enough.
MOST_WORDS = 2000

Sounds = Mapping[WordId, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Form:
    """The distance between pronunciations that vector distances are correlated with.

    Attributes
    ----------
    distances
        Computes the distances between pronunciations.
    left_out
        A sentence that says why words with a pronunciation are left out.
    """

    measure: str
    name: str
    distances: Callable[[Sequence[Sequence[str]]], Doubles]
    left_out: str = ""


def by_phones(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Spearman's correlation of cosine distances and phone edit distances, at every layer.

    Parameters
    ----------
    facts
        Words without a pronunciation are left out.
    seed
        For the words sampled from a long list, the shuffles and the resampled words.

    Returns
    -------
    LayerCurve
        1 if words that sound alike are close and all others far, 0 by chance.
    """
    form = Form("phone-distance", "phone edit distances", edit_distances)
    return _correlated(stack, facts.phones(), form, seed)


def by_letters_of_phones(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """As `by_phones`, but edits apply to the letters and blanks of the pronunciation.

    So a phone of two letters counts twice, and phones that share a letter are similar.
    """
    form = Form("phone-distance-published", "letter edit distances", edit_distances)
    sounds = {word: " ".join(phones) for word, phones in facts.phones().items()}
    return _correlated(stack, sounds, form, seed)


def by_articulation(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """As `by_phones`, but substitutions of similar phones are cheap.

    A substitution costs the share of features in which the two phones differ; an insertion or
    deletion costs 1. Words with symbols that are not on the chart are left out.
    """
    sounds = {word: ipa_symbols(phones) for word, phones in facts.phones().items()}
    unknown = {s for word in sounds.values() for s in word if not features_of(s)}
    known = {word: symbols for word, symbols in sounds.items() if unknown.isdisjoint(symbols)}
    left_out = ""
    if unknown:
        left_out = (
            f"Words left out: {len(sounds) - len(known)}, because these symbols are not in the "
            f"IPA chart: {' '.join(sorted(unknown)[:10])}."
        )
    form = Form("articulatory-distance", "articulatory edit distances", _articulatory, left_out)
    return _correlated(stack, known, form, seed)


def _articulatory(words: Sequence[Sequence[str]]) -> Doubles:
    return edit_distances(words, substitution_costs(words))


def _correlated(stack: LayerStack, sounds: Sounds, form: Form, seed: int) -> tuple[LayerCurve, ...]:
    rng = np.random.default_rng(seed)
    known = [i for i, word in enumerate(stack.words) if word in sounds]
    _refuse(len(known), len(stack.rows), form.left_out)
    rows = sorted(rng.permutation(known)[:MOST_WORDS].tolist())
    used = stack.only(rows)
    table = standard_ranks(form.distances([sounds[word] for word in used.words]))
    layers = np.stack([standard_ranks(cosine_distances(layer)) for layer in used.values])
    drawn = f", of {len(rows)} words drawn from {len(known)}" if len(rows) < len(known) else ""
    values = np.array([correlation(layer, table) for layer in layers])
    left_out = _left_out(layers, table)
    curve = layer_curve(
        form.measure,
        stack,
        values,
        interval=correlation_interval(left_out, values, scale=scale_of_sample(left_out, len(rows))),
        chance=shuffled_correlations(layers, table, rng),
        limits=(-1.0, 1.0),
        trace=Trace(
            f"Spearman correlation of cosine distances and {form.name}{drawn}",
            len(rows),
            (stack.encoder,),
            f"{SHUFFLES} shuffles of the pronunciations among words",
            seed,
            _warning(len(rows), form.left_out),
            INTERVAL,
        ),
    )
    return (curve,)


def _left_out(layers: FloatArray, table: FloatArray) -> Doubles:
    """Return the correlations without each word of the list, or of a sample; [words, layers].

    Ranks stay those of the whole list.
    """
    some = np.ix_(*[sampled_rows(len(table))] * 2)
    matrices = WordMatrices(np.stack([layer[some] for layer in layers]), table[some][None])
    return correlations_left_out(matrices)[:, :, 0]


def _refuse(known: int, rows: int, left_out: str) -> None:
    if known < MIN_WORDS:
        raise TooFewWordsError(
            f"At least {MIN_WORDS} words with a pronunciation are needed, but only {known} of "
            f"{rows} can be used. {left_out}".strip(),
            "Fill in the label column “phones”, for example with kæt or K AE T.",
        )


def _warning(words: int, left_out: str) -> str:
    few = f"Too few words to trust: only {words} with a pronunciation."
    return " ".join(part for part in (few if words < TRUSTED_WORDS else "", left_out) if part)


READING = "1 means that words that sound alike are close and all others far apart, 0 is chance."

PHONE_DISTANCE = CurveAnalysis(
    id="phone-distance",
    title="Sound: phones",
    explains="Whether words with similar pronunciations have similar vectors.",
    reading=READING,
    avoid="Not for words that share endings or stems: these are similar in sound and in meaning.",
    formula="Spearman over pairs of words: 1 - cos(x, y) and Levenshtein(phones) / longer word",
    source="Chrupała et al. (2020), Analyzing analytical methods: the case of phonology in neural "
    "models of spoken language",
    min_words=MIN_WORDS,
    compute=by_phones,
    uses_labels=False,
)
PHONE_DISTANCE_PUBLISHED = CurveAnalysis(
    id="phone-distance-published",
    title="Sound: letters of phones",
    explains="As sound by phones, but with the letters of ARPAbet codes, as published.",
    reading=READING,
    avoid="Not with IPA, and not for claims about phones: AA and AE count as half alike.",
    formula="Spearman over pairs of words: 1 - cos(x, y) and Levenshtein(letters and blanks) / "
    "longer string",
    source="Sauter et al. (2025), The curious case of visual grounding",
    min_words=MIN_WORDS,
    compute=by_letters_of_phones,
    uses_labels=False,
)
ARTICULATORY_DISTANCE = CurveAnalysis(
    id="articulatory-distance",
    title="Sound: articulation",
    explains="Whether words with similarly articulated sounds have similar vectors: b is nearer to "
    "p than to s.",
    reading=READING,
    avoid="Not where length, tone, stress or nasal vowels matter: these are ignored.",
    formula="Spearman over pairs of words: 1 - cos(x, y) and the edits / longer word; a "
    "substitution costs the share of differing features, an insertion or deletion 1",
    source="International Phonetic Association (2020), The International Phonetic Alphabet; "
    "Levenshtein (1966), Binary codes capable of correcting deletions, insertions and reversals",
    min_words=MIN_WORDS,
    compute=by_articulation,
    uses_labels=False,
)
