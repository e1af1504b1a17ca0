"""One file a measure."""

from collections.abc import Mapping

from vgdesk.analyses.base import Analysis, Kind
from vgdesk.analyses.cka import CKA, CKA_BIASED
from vgdesk.analyses.clusterings import AGGLOMERATIVE_ARI, KMEANS_AMI, KMEANS_ARI
from vgdesk.analyses.cosine import COSINE
from vgdesk.analyses.euclidean import EUCLIDEAN
from vgdesk.analyses.knn_probe import KNN_PROBE
from vgdesk.analyses.lda_map import LDA_MAP
from vgdesk.analyses.lda_subspaces import LDA_SUBSPACE_CKA
from vgdesk.analyses.linear_probe import LINEAR_PROBE
from vgdesk.analyses.mds import MDS
from vgdesk.analyses.pca import PCA
from vgdesk.analyses.pearson import PEARSON
from vgdesk.analyses.silhouette import SILHOUETTE, SILHOUETTE_COSINE, SILHOUETTE_PCA
from vgdesk.analyses.silhouette_lda import SILHOUETTE_LDA, SILHOUETTE_LDA_IN_SAMPLE
from vgdesk.analyses.silhouette_published import SILHOUETTE_LDA_PUBLISHED
from vgdesk.analyses.tsne import TSNE
from vgdesk.core.catalogue import catalogue

ANALYSES: Mapping[str, Analysis] = catalogue(
    CKA,
    CKA_BIASED,
    LDA_SUBSPACE_CKA,
    COSINE,
    EUCLIDEAN,
    PEARSON,
    PCA,
    MDS,
    LDA_MAP,
    TSNE,
    SILHOUETTE,
    SILHOUETTE_COSINE,
    SILHOUETTE_PCA,
    SILHOUETTE_LDA,
    SILHOUETTE_LDA_IN_SAMPLE,
    SILHOUETTE_LDA_PUBLISHED,
    KMEANS_ARI,
    KMEANS_AMI,
    AGGLOMERATIVE_ARI,
    KNN_PROBE,
    LINEAR_PROBE,
)


def of_kind(kind: Kind) -> tuple[Analysis, ...]:
    """Return the analyses for one view, in menu order."""
    return tuple(analysis for analysis in ANALYSES.values() if analysis.kind is kind)
