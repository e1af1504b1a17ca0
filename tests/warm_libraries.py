"""Loads what a child process of the program loads when it begins to work; see `warm_children`."""

from importlib import import_module

from numba.core.registry import cpu_target

from vgdesk.encoders.running import prepare

prepare()  # before anything else imports torch
for name in (
    "pytest",  # each child loads the main module of its parent
    "transformers.models.auto.tokenization_auto",
    "transformers.models.bert.modeling_bert",
    "transformers.models.hubert.modeling_hubert",
    "transformers.models.seamless_m4t.feature_extraction_seamless_m4t",
    "transformers.models.wav2vec2_bert.modeling_wav2vec2_bert",
    "scipy.cluster.hierarchy",
    "scipy.stats",
    "sklearn.cluster",
    "sklearn.linear_model",
    "sklearn.metrics",
    "openTSNE.affinity",
    "vgdesk.analyses.numerics.alignment_paths",
    "vgdesk.analyses.numerics.triple_counts",
    "vgdesk.analyses.numerics.running_top_k",
    "vgdesk.app.workspace",
):
    import_module(name)
cpu_target.typing_context.refresh()  # as the first kernel would
cpu_target.target_context.refresh()
