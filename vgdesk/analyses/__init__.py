"""One file per measure."""

from collections.abc import Mapping
from types import MappingProxyType

from vgdesk.analyses.abx.abx import ABX, ABX_WORDS
from vgdesk.analyses.abx.abx_language import ABX_LANGUAGE
from vgdesk.analyses.abx.confusions import ABX_LABELS
from vgdesk.analyses.base import Analysis, Kind
from vgdesk.analyses.groups.clusterings import AGGLOMERATIVE_ARI, KMEANS_AMI, KMEANS_ARI
from vgdesk.analyses.groups.knn_probe import KNN_PROBE
from vgdesk.analyses.groups.linear_probe import LINEAR_PROBE
from vgdesk.analyses.groups.silhouette import SILHOUETTE, SILHOUETTE_COSINE, SILHOUETTE_PCA
from vgdesk.analyses.groups.silhouette_lda import SILHOUETTE_LDA, SILHOUETTE_LDA_IN_SAMPLE
from vgdesk.analyses.groups.silhouette_published import (
    SILHOUETTE_LDA_PUBLISHED,
    SILHOUETTE_PCA_PUBLISHED,
    SILHOUETTE_PUBLISHED,
)
from vgdesk.analyses.layers.cca import PWCCA, SVCCA
from vgdesk.analyses.layers.cka import CKA, CKA_BIASED
from vgdesk.analyses.layers.lda_subspaces import LDA_SUBSPACE_CKA
from vgdesk.analyses.layers.mutual_neighbours import MUTUAL_NEIGHBOURS
from vgdesk.analyses.layers.partial_rsa import RSA_PARTIAL
from vgdesk.analyses.layers.procrustes import PROCRUSTES
from vgdesk.analyses.layers.rbf_cka import CKA_RBF
from vgdesk.analyses.layers.rsa import RSA_KENDALL, RSA_PEARSON, RSA_SPEARMAN
from vgdesk.analyses.lexicon.pair_types import PAIR_TYPES
from vgdesk.analyses.lexicon.pair_types_published import PAIR_TYPES_PUBLISHED
from vgdesk.analyses.lexicon.phonological_distance import (
    ARTICULATORY_DISTANCE,
    PHONE_DISTANCE,
    PHONE_DISTANCE_PUBLISHED,
)
from vgdesk.analyses.lexicon.ratings import RATINGS
from vgdesk.analyses.lexicon.sound_symbolism import SOUND_SYMBOLISM
from vgdesk.analyses.maps.lda_map import LDA_MAP
from vgdesk.analyses.maps.mds import MDS
from vgdesk.analyses.maps.pca import PCA
from vgdesk.analyses.maps.tsne import TSNE
from vgdesk.analyses.retrieval.gating import GATING
from vgdesk.analyses.retrieval.partner_retrieval import PARTNER_RETRIEVAL
from vgdesk.analyses.retrieval.retrieval import RETRIEVAL_RANK, RETRIEVAL_SPEAKERS
from vgdesk.analyses.words.cosine import COSINE
from vgdesk.analyses.words.euclidean import EUCLIDEAN
from vgdesk.analyses.words.neighbour_changes import NEIGHBOUR_CHANGES
from vgdesk.analyses.words.pearson import PEARSON
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
