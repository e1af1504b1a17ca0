import numpy as np

from vgdesk.analyses.base import CurveAnalysis
from vgdesk.analyses.groups.label_scores import (
    label_curve,
    labelled_rows,
    share_of_words,
    without_each,
)
from vgdesk.analyses.groups.stratified_folds import stratified_folds
from vgdesk.analyses.numerics.principal_components import centred, principal_components
from vgdesk.core.arrays import Codes, Doubles, FloatArray
from vgdesk.core.cancellation import until_cancelled
from vgdesk.core.facts import Facts
from vgdesk.core.results import LayerCurve
from vgdesk.core.stack import LayerStack

MIN_WORDS = 8
FOLDS = 5
# Each shuffle fits one probe per fold, which makes this the slowest of all scores.
SHUFFLES = 19
# Up to 100 words all components are kept; with more the probe would take minutes.
COMPONENTS = 100
# The solver stops at this gradient: predictions no longer change.
SLOPE = 1e-3


def score_linear_probe(stack: LayerStack, facts: Facts, seed: int) -> tuple[LayerCurve, ...]:
    """Relative error reduction of a linear probe on held-out words, at every layer.

    Multinomial logistic regression with L2 penalty (C = 1), in five folds over words. Dimensions
    are scaled to equal variance and reduced to principal components, which needs no labels; each
    fold centres and scales them by its training part.

    Parameters
    ----------
    seed
        For the folds and the shuffled labels of the chance band.

    Returns
    -------
    LayerCurve
        Relative error reduction: 1 is no error, 0 as many errors as always predicting the largest
        group, below 0 more.
    """
    labelled = labelled_rows(stack, facts, name="A probe", needed=MIN_WORDS, across_words=True)
    words = np.unique(labelled.stack.words, return_inverse=True)[1]

    def score(layer: FloatArray, labellings: Codes) -> tuple[FloatArray, FloatArray]:
        # The same random numbers for every layer: the same folds.
        rng = np.random.default_rng([seed, 1])
        points = _even_components(layer)
        saved = np.array(
            [_errors_saved(points, words, codes, rng) for codes in until_cancelled(labellings)]
        )
        return saved.mean(axis=1), without_each(saved[0])

    majority = np.bincount(labelled.codes).max() / len(labelled.codes)
    return label_curve(
        "linear-probe",
        f"relative error reduction of logistic regression, {FOLDS} folds over words",
        labelled,
        seed,
        score=score,
        limits=(float(1 - 1 / (1 - majority)), 1.0),
        interval_of=share_of_words(len(words)),
        shuffles=SHUFFLES,
    )


def _even_components(layer: FloatArray) -> Doubles:
    rows = centred(layer)
    spread = rows.std(axis=0)
    spread[spread == 0] = 1.0
    return principal_components(rows / spread, COMPONENTS)


def _errors_saved(points: Doubles, words: Codes, codes: Codes, rng: np.random.Generator) -> Doubles:
    """Return for each row 1 if predicted correctly, else the negative value of one error."""
    fold_of_row = stratified_folds(words, codes, FOLDS, rng)
    is_wrong = np.empty(len(codes))
    for fold in np.unique(fold_of_row):
        is_held = fold_of_row == fold
        is_wrong[is_held] = _told(points, codes, ~is_held)[is_held] != codes[is_held]
    errors_of_majority = 1 - np.bincount(codes).max() / len(codes)
    saved: Doubles = 1 - is_wrong / errors_of_majority
    return saved


def _told(points: Doubles, codes: Codes, trains: Codes) -> Codes:
    """Predict the labels of all rows from the training rows.

    If these are all equal, or have only one label, predict the most frequent label.
    """
    from sklearn.linear_model import LogisticRegression

    rows = points - points[trains].mean(axis=0)
    sizes = np.bincount(codes[trains])
    if not rows[trains].any() or sizes.max() == sizes.sum():
        return np.full(len(codes), sizes.argmax())
    length = np.sqrt(np.mean(np.sum(rows[trains] ** 2, axis=1)))
    # Mean squared length 100, as of 100 dimensions of variance 1.
    rows *= np.sqrt(COMPONENTS) / length
    probe = LogisticRegression(C=1.0, tol=SLOPE, max_iter=1000).fit(rows[trains], codes[trains])
    return np.asarray(probe.predict(rows), np.intp)


LINEAR_PROBE = CurveAnalysis(
    id="linear-probe",
    title="Linear probe",
    explains="How well a linear classifier trained on some words predicts the labels of others.",
    reading="The share of errors avoided: 1 means no errors, 0 as many as when always predicting "
    "the largest group, below 0 more.",
    avoid="Not to show what a layer uses: a probe finds anything linearly separable, so compare "
    "with the untrained twin.",
    formula="RER = (e0 - e) / e0, e the held-out error of logistic regression, e0 that of the "
    "majority label",
    source="Alain and Bengio (2017), Understanding intermediate layers using linear classifier "
    "probes; Chrupala, Higy and Alishahi (2020), Analyzing analytical methods",
    min_words=MIN_WORDS,
    compute=score_linear_probe,
)
