"""One file per measure."""

from collections.abc import Mapping
from types import MappingProxyType

from vgdesk.analyses.abx import ABX, ABX_WORDS
from vgdesk.analyses.abx_language import ABX_LANGUAGE
from vgdesk.analyses.base import Analysis, Kind
from vgdesk.analyses.cca import PWCCA, SVCCA
from vgdesk.analyses.cka import CKA, CKA_BIASED
from vgdesk.analyses.clusterings import AGGLOMERATIVE_ARI, KMEANS_AMI, KMEANS_ARI
from vgdesk.analyses.confusions import ABX_LABELS
from vgdesk.analyses.cosine import COSINE
from vgdesk.analyses.euclidean import EUCLIDEAN
from vgdesk.analyses.gating import GATING
from vgdesk.analyses.knn_probe import KNN_PROBE
from vgdesk.analyses.lda_map import LDA_MAP
from vgdesk.analyses.lda_subspaces import LDA_SUBSPACE_CKA
from vgdesk.analyses.lexical import (
    ARTICULATORY_DISTANCE,
    PHONE_DISTANCE,
    PHONE_DISTANCE_PUBLISHED,
)
from vgdesk.analyses.linear_probe import LINEAR_PROBE
from vgdesk.analyses.mds import MDS
from vgdesk.analyses.mutual_neighbours import MUTUAL_NEIGHBOURS
from vgdesk.analyses.neighbour_changes import NEIGHBOUR_CHANGES
from vgdesk.analyses.pair_types import PAIR_TYPES
from vgdesk.analyses.pair_types_published import PAIR_TYPES_PUBLISHED
from vgdesk.analyses.partial_rsa import RSA_PARTIAL
from vgdesk.analyses.partner_retrieval import PARTNER_RETRIEVAL
from vgdesk.analyses.pca import PCA
from vgdesk.analyses.pearson import PEARSON
from vgdesk.analyses.procrustes import PROCRUSTES
from vgdesk.analyses.ratings import RATINGS
from vgdesk.analyses.rbf_cka import CKA_RBF
from vgdesk.analyses.retrieval import RETRIEVAL_RANK, RETRIEVAL_SPEAKERS
from vgdesk.analyses.rsa import RSA_KENDALL, RSA_PEARSON, RSA_SPEARMAN
from vgdesk.analyses.silhouette import SILHOUETTE, SILHOUETTE_COSINE, SILHOUETTE_PCA
from vgdesk.analyses.silhouette_lda import SILHOUETTE_LDA, SILHOUETTE_LDA_IN_SAMPLE
from vgdesk.analyses.silhouette_published import (
    SILHOUETTE_LDA_PUBLISHED,
    SILHOUETTE_PCA_PUBLISHED,
    SILHOUETTE_PUBLISHED,
)
from vgdesk.analyses.sound_symbolism import SOUND_SYMBOLISM
from vgdesk.analyses.tsne import TSNE
from vgdesk.core.catalogue import catalogue

_BETWEEN_LAYERS = (
    CKA,
    CKA_BIASED,
    CKA_RBF,
    RSA_SPEARMAN,
    RSA_PEARSON,
    RSA_KENDALL,
    RSA_PARTIAL,
    MUTUAL_NEIGHBOURS,
    PARTNER_RETRIEVAL,
    PROCRUSTES,
    SVCCA,
    PWCCA,
    LDA_SUBSPACE_CKA,
)
_BETWEEN_WORDS = (COSINE, EUCLIDEAN, PEARSON)
_MAPS = (PCA, MDS, LDA_MAP, TSNE)
_GROUPS = (
    SILHOUETTE,
    SILHOUETTE_COSINE,
    SILHOUETTE_PCA,
    SILHOUETTE_LDA,
    SILHOUETTE_LDA_IN_SAMPLE,
    SILHOUETTE_LDA_PUBLISHED,
    SILHOUETTE_PUBLISHED,
    SILHOUETTE_PCA_PUBLISHED,
    KMEANS_ARI,
    KMEANS_AMI,
    AGGLOMERATIVE_ARI,
    KNN_PROBE,
    LINEAR_PROBE,
    ABX,
)
_WORDS_AND_SOUNDS = (
    PAIR_TYPES,
    PAIR_TYPES_PUBLISHED,
    ABX_WORDS,
    RETRIEVAL_SPEAKERS,
    RETRIEVAL_RANK,
    PHONE_DISTANCE,
    PHONE_DISTANCE_PUBLISHED,
    ARTICULATORY_DISTANCE,
    SOUND_SYMBOLISM,
    ABX_LANGUAGE,
    RATINGS,
)
ANALYSES: Mapping[str, Analysis] = catalogue(
    *_BETWEEN_LAYERS,
    *_BETWEEN_WORDS,
    *_MAPS,
    *_GROUPS,
    *_WORDS_AND_SOUNDS,
    NEIGHBOUR_CHANGES,
    GATING,
    ABX_LABELS,
)
# For each sounder measure, the variant that the study behind vgdesk published.
AS_PUBLISHED: Mapping[str, str] = MappingProxyType(
    {
        CKA.id: CKA_BIASED.id,
        SILHOUETTE.id: SILHOUETTE_PUBLISHED.id,
        SILHOUETTE_PCA.id: SILHOUETTE_PCA_PUBLISHED.id,
        SILHOUETTE_LDA.id: SILHOUETTE_LDA_PUBLISHED.id,
        PAIR_TYPES.id: PAIR_TYPES_PUBLISHED.id,
        PHONE_DISTANCE.id: PHONE_DISTANCE_PUBLISHED.id,
    }
)


def of_kind(kind: Kind) -> tuple[Analysis, ...]:
    """Return the analyses for one view, in menu order."""
    return tuple(analysis for analysis in ANALYSES.values() if analysis.kind is kind)
