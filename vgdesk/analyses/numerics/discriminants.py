"""Directions along which groups differ most relative to the spread within them (Fisher's LDA).

Both variants have a within-group variance of 1 along every axis. With fewer words than dimensions
the within-group spread is unknown in most directions, and they handle this differently:
`discriminants` shrinks the covariance towards a sphere and so generalises to other words;
`published_discriminants` uses only directions in which the fitted words of a group differ, and
makes its groups look tighter than those of any other words.

References
----------
Fisher (1936), The use of multiple measurements in taxonomic problems.
Ledoit and Wolf (2004), A well-conditioned estimator for large-dimensional covariance matrices.
"""

from collections.abc import Iterator

import numpy as np

from vgdesk.analyses.numerics.principal_components import centred
from vgdesk.core.arrays import Codes, Doubles, FloatArray

# Lower bound of divisors; a within-group spread below this share of the total counts as none.
TINY = 1e-12
# Standard deviations that the solver of the study treats as zero (scikit-learn's `tol`).
TOLERANCE = 1e-4


def discriminants(values: FloatArray, codes: Codes) -> Doubles:
    """Find the axes that separate groups, with a shrunken within-group covariance.

    Parameters
    ----------
    values
        Shape [rows, dim].
    codes
        Shape [rows], numbered from 0 without gaps.

    Returns
    -------
    array
        Shape [dim, groups - 1], the best axis last.
    """
    from scipy.linalg import eigh, solve

    means, counts = group_means(values, codes)
    rest = values - means[codes]
    means = (means - values.mean(axis=0)) * np.sqrt(counts / len(values))[:, None]
    towards = means.T
    if np.sum(rest**2) > TINY * np.sum(values**2):
        towards = solve(shrunk(rest), means.T, assume_a="pos")
    ratios, turned = eigh(means @ towards)
    ratios, turned = ratios[1:], turned[:, 1:]  # k means span k - 1 axes
    axes: Doubles = towards @ (turned / np.sqrt(np.maximum(ratios, TINY)))
    return axes


def shrunk(rest: FloatArray) -> Doubles:
    """Return the covariance of centred rows, shrunk towards a sphere (Ledoit and Wolf)."""
    n, dim = rest.shape
    covariance = rest.T @ rest / n
    ball = np.eye(dim) * np.trace(covariance) / dim
    unsure = ((rest**2).sum(axis=1) ** 2).sum() / n**2 - (covariance**2).sum() / n
    off_ball = ((covariance - ball) ** 2).sum()
    share = 1.0 if unsure >= off_ball else max(unsure / off_ball, TINY)
    nearer: Doubles = share * ball + (1 - share) * covariance
    return nearer


def group_means(values: FloatArray, codes: Codes) -> tuple[Doubles, Doubles]:
    """Return the mean and the number of rows of each group, [groups, dim] and [groups]."""
    member = np.eye(codes.max() + 1)[codes]
    counts = member.sum(axis=0)
    return member.T @ values / counts[:, None], counts


def published_discriminants(layer: FloatArray, codes: Codes) -> Doubles:
    """Find the axes that separate groups as scikit-learn's default (SVD) solver does.

    Dimensions are scaled to a standard deviation of 1 within groups, and directions in which no
    group spreads are dropped.

    Returns
    -------
    array
        Shape [dim, axes], the best axis first; at most groups - 1, and fewer where the means differ
        in fewer of the remaining directions.
    """
    values = centred(layer)
    means, counts = group_means(values, codes)
    rest = values - means[codes]
    scale = _scale(rest)
    whitening = _whitening(rest / scale)
    means *= np.sqrt(counts / len(values))[:, None] / scale
    axes, sizes, _ = np.linalg.svd(whitening.T @ means.T, full_matrices=False)
    is_axis = sizes > TOLERANCE * sizes.max(initial=0.0)
    found: Doubles = (whitening @ axes[:, is_axis]) / scale[:, None]
    return found


def published_points(layer: FloatArray, labellings: Codes) -> Iterator[Doubles]:
    """Yield the rows projected on their `published_discriminants` for each labelling.

    Parameters
    ----------
    labellings
        Shape [labellings, rows].

    Yields
    ------
    array
        Shape [rows, axes].
    """
    values = centred(layer)
    n, dim = values.shape
    # Once words spread in all directions within groups, the scale of the dimensions is
    # irrelevant, and words can be whitened once for all labellings.
    if n - labellings.max() > dim:
        values /= _scale(values)
        white = values @ _whitening(values)
        yield from (_whitened_points(white, codes) for codes in labellings)
    else:
        yield from (values @ published_discriminants(values, codes) for codes in labellings)


def _whitened_points(white: Doubles, codes: Codes) -> Doubles:
    means, counts = group_means(white, codes)
    # Each axis has a variance of 1: the squares of `sizes` are between groups, the rest within.
    _, sizes, axes = np.linalg.svd(means * np.sqrt(counts / len(white))[:, None], False)
    within = np.sqrt(np.maximum(1 - sizes**2, TINY))
    ratios = np.where(within > TOLERANCE, sizes / within, 0.0)
    is_axis = ratios > TOLERANCE * ratios.max(initial=0.0)
    points: Doubles = white @ (axes[is_axis] / within[is_axis, None]).T
    return points


def _scale(rows: Doubles) -> Doubles:
    scale: Doubles = rows.std(axis=0)
    scale[scale == 0] = 1.0
    return scale


def _whitening(rows: Doubles) -> Doubles:
    """Return the matrix that whitens rows in all directions in which they vary, [dim, rank]."""
    from scipy.linalg import eigh

    n, dim = rows.shape
    variances, vectors = eigh(rows @ rows.T / n if n <= dim else rows.T @ rows / n)
    is_spread = variances > TOLERANCE**2
    vectors, spread = vectors[:, is_spread], np.sqrt(variances[is_spread])
    if n <= dim:
        # The smaller matrix gives the same directions, in coordinates of the rows.
        vectors = rows.T @ vectors / (np.sqrt(n) * spread)
    whitening: Doubles = vectors / spread
    return whitening
