"""The views of the centre, one file each."""

from collections.abc import Mapping

from vgdesk.core.catalogue import catalogue
from vgdesk.ui.views.curves import gating_curves, layer_curves, letter_bars
from vgdesk.ui.views.frame.view_frame import ViewSpec
from vgdesk.ui.views.heatmaps import confusion_heatmap, layer_heatmap, word_heatmap
from vgdesk.ui.views.lists import changed_words, retrieval_list
from vgdesk.ui.views.maps import cluster_map

VIEWS: Mapping[str, ViewSpec] = catalogue(
    layer_heatmap.SPEC,
    word_heatmap.SPEC,
    cluster_map.SPEC,
    layer_curves.SPEC,
    changed_words.SPEC,
    confusion_heatmap.SPEC,
    gating_curves.SPEC,
    letter_bars.SPEC,
    retrieval_list.SPEC,
)
