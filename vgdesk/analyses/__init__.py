"""One file a measure."""

from collections.abc import Mapping

from vgdesk.analyses.base import Analysis, Kind
from vgdesk.analyses.cca import PWCCA, SVCCA
from vgdesk.analyses.cka import CKA, CKA_BIASED
from vgdesk.analyses.cosine import COSINE
from vgdesk.analyses.euclidean import EUCLIDEAN
from vgdesk.analyses.mds import MDS
from vgdesk.analyses.mutual_neighbours import MUTUAL_NEIGHBOURS
from vgdesk.analyses.pca import PCA
from vgdesk.analyses.pearson import PEARSON
from vgdesk.analyses.procrustes import PROCRUSTES
from vgdesk.analyses.rbf_cka import CKA_RBF
from vgdesk.analyses.silhouette import SILHOUETTE
from vgdesk.core.catalogue import catalogue

ANALYSES: Mapping[str, Analysis] = catalogue(
    CKA,
    CKA_BIASED,
    CKA_RBF,
    MUTUAL_NEIGHBOURS,
    PROCRUSTES,
    SVCCA,
    PWCCA,
    COSINE,
    EUCLIDEAN,
    PEARSON,
    PCA,
    MDS,
    SILHOUETTE,
)


def of_kind(kind: Kind) -> tuple[Analysis, ...]:
    """Return the analyses for one view, in menu order."""
    return tuple(analysis for analysis in ANALYSES.values() if analysis.kind is kind)
