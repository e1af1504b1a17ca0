"""Layers of two models paired for a comparison: by block number, or by relative depth."""

from vgdesk.analyses.inference.layer_pairs import Pairs, paired_layers
from vgdesk.app.commands.study.panels import Depth


def paired(depth: Depth, one: int, other: int) -> Pairs:
    """Pair the layers of two models, given the number of layers of each, as `paired_layers`."""
    return paired_layers(one, other, is_relative=depth is Depth.RELATIVE)


def depths_of(sizes: list[tuple[int, int]]) -> tuple[Depth, ...]:
    """Return the ways that pair any two models differently, given their numbers of layers."""
    is_same = all(paired(Depth.BLOCK, *both) == paired(Depth.RELATIVE, *both) for both in sizes)
    return (Depth.SAME,) if is_same else (Depth.BLOCK, Depth.RELATIVE)
