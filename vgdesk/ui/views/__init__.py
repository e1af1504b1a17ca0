"""The views of the centre, one file each."""

from collections.abc import Mapping
from typing import Any

from vgdesk.core.catalogue import catalogue
from vgdesk.ui.views.curves.gating_curves import GATING_VIEW
from vgdesk.ui.views.curves.layer_curves import CURVES_VIEW
from vgdesk.ui.views.curves.letter_bars import LETTERS_VIEW
from vgdesk.ui.views.heatmaps.confusion_heatmap import CONFUSIONS_VIEW
from vgdesk.ui.views.heatmaps.layer_heatmap import LAYERS_VIEW
from vgdesk.ui.views.heatmaps.word_heatmap import WORDS_VIEW
from vgdesk.ui.views.lists.changed_words import CHANGES_VIEW
from vgdesk.ui.views.lists.retrieval_list import RETRIEVAL_VIEW
from vgdesk.ui.views.maps.cluster_map import MAP_VIEW
from vgdesk.ui.views.view import View

VIEWS: Mapping[str, View[Any, Any]] = catalogue(
    LAYERS_VIEW,
    WORDS_VIEW,
    MAP_VIEW,
    CURVES_VIEW,
    CHANGES_VIEW,
    CONFUSIONS_VIEW,
    GATING_VIEW,
    LETTERS_VIEW,
    RETRIEVAL_VIEW,
)
