"""Published values of the study, drawn beside the computed ones.

Values of analysis A were read from its figure (±.005), those of B and C from its text; layers are
those of models with twelve blocks, counted from the output of the first.

References
----------
Sauter, Zuidema and de Heer Kloots (2025), The curious case of visual grounding, arXiv 2509.15837.
"""

from collections.abc import Mapping
from dataclasses import dataclass

LAYERS = 12


@dataclass(frozen=True, slots=True)
class Published:
    """One line of the study's figures, or some of its points.

    Attributes
    ----------
    points
        Relative depth (0 the output of the first block, 1 that of the last) and value.
    """

    name: str
    points: tuple[tuple[float, float], ...]


def _line(name: str, *values: float) -> Published:
    return Published(name, tuple((i / (LAYERS - 1), value) for i, value in enumerate(values)))


ALIGNMENT: tuple[Published, ...] = (
    _line(
        "wav2vec 2.0 – BERT",
        0.20, 0.18, 0.19, 0.22, 0.222, 0.197, 0.169, 0.129, 0.143, 0.109, 0.067, 0.071,
    ),
    _line(
        "wav2vec 2.0 – VG-BERT",
        0.199, 0.179, 0.191, 0.222, 0.232, 0.216, 0.193, 0.155, 0.167, 0.119, 0.079, 0.093,
    ),
    _line(
        "FaST-VGS+ – BERT",
        0.20, 0.185, 0.19, 0.215, 0.249, 0.285, 0.296, 0.305, 0.219, 0.174, 0.055, 0.079,
    ),
    _line(
        "FaST-VGS+ – VG-BERT",
        0.201, 0.185, 0.191, 0.213, 0.258, 0.302, 0.326, 0.354, 0.235, 0.149, 0.058, 0.095,
    ),
)  # fmt: skip
# Drawn only beside word vectors of your own; three values are partly hidden in the figure.
WORD_VECTORS: tuple[Published, ...] = (
    _line(
        "wav2vec 2.0 – GloVe",
        0.148, 0.137, 0.148, 0.172, 0.176, 0.160, 0.139, 0.109, 0.118, 0.099, 0.065, 0.085,
    ),
    _line(
        "FaST-VGS+ – GloVe",
        0.149, 0.145, 0.147, 0.158, 0.182, 0.204, 0.222, 0.242, 0.187, 0.15, 0.071, 0.095,
    ),
)  # fmt: skip
# The layer of the highest same-word similarity is not printed, so it is drawn in the middle.
PAIRS: tuple[Published, ...] = (
    Published("wav2vec 2.0, same word (about)", ((0.5, 0.25),)),
    Published("FaST-VGS+, same word (about)", ((0.5, 0.35),)),
)
CLUSTERS: tuple[Published, ...] = (
    Published("wav2vec 2.0, highest (about)", ((7 / 11, 0.55),)),
    Published("FaST-VGS+, last (.2 to .3)", ((1.0, 0.25),)),
    Published("BERT, last (about)", ((1.0, 0.50),)),
    Published("VG-BERT, last (about)", ((1.0, 0.65),)),
)
# Correlation over layers between the similarity of the discriminant subspaces of a grounded and an
# ungrounded model and the change in silhouette.
SUBSPACE_CORRELATION: Mapping[str, float] = {"speech": 0.718, "text": -0.870}
