"""One file a measure."""

from collections.abc import Mapping

from vgdesk.analyses.abx import ABX, ABX_WORDS
from vgdesk.analyses.base import Analysis, Kind
from vgdesk.analyses.cka import CKA, CKA_BIASED
from vgdesk.analyses.cosine import COSINE
from vgdesk.analyses.euclidean import EUCLIDEAN
from vgdesk.analyses.lexical import (
    ARTICULATORY_DISTANCE,
    PHONE_DISTANCE,
    PHONE_DISTANCE_PUBLISHED,
)
from vgdesk.analyses.mds import MDS
from vgdesk.analyses.pca import PCA
from vgdesk.analyses.pearson import PEARSON
from vgdesk.analyses.silhouette import SILHOUETTE
from vgdesk.core.catalogue import catalogue

ANALYSES: Mapping[str, Analysis] = catalogue(
    CKA,
    CKA_BIASED,
    COSINE,
    EUCLIDEAN,
    PEARSON,
    PCA,
    MDS,
    SILHOUETTE,
    ABX,
    ABX_WORDS,
    PHONE_DISTANCE,
    PHONE_DISTANCE_PUBLISHED,
    ARTICULATORY_DISTANCE,
)


def of_kind(kind: Kind) -> tuple[Analysis, ...]:
    """Return the analyses for one view, in menu order."""
    return tuple(analysis for analysis in ANALYSES.values() if analysis.kind is kind)
