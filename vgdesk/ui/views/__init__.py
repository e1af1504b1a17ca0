"""The views of the centre, one file each."""

from collections.abc import Mapping

from vgdesk.core.catalogue import catalogue
from vgdesk.ui.views import (
    changed_words,
    cluster_map,
    confusion_heatmap,
    gating_curves,
    layer_curves,
    layer_heatmap,
    word_heatmap,
)
from vgdesk.ui.views.frame import ViewSpec

VIEWS: Mapping[str, ViewSpec] = catalogue(
    layer_heatmap.SPEC,
    word_heatmap.SPEC,
    cluster_map.SPEC,
    layer_curves.SPEC,
    changed_words.SPEC,
    confusion_heatmap.SPEC,
    gating_curves.SPEC,
)
