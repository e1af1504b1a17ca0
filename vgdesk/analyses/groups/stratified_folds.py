import numpy as np

from vgdesk.core.arrays import Codes


def stratified_folds(words: Codes, codes: Codes, parts: int, rng: np.random.Generator) -> Codes:
    """Split rows into stratified folds of about the same size.

    All takes of a word are in one fold: another take would give the word away.

    Parameters
    ----------
    words, codes
        Shape [rows]: the number of the word, and that of its group.

    Returns
    -------
    array
        Shape [rows]: the fold of each row, from 0.
    """
    _, first, word_of_row = np.unique(words, return_index=True, return_inverse=True)
    order = np.lexsort((rng.random(len(first)), codes[first]))
    part = np.empty(len(first), np.intp)
    part[order] = np.arange(len(first)) % parts
    return part[word_of_row]
