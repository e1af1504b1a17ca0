"""SVCCA and PWCCA the usual way: each pair of layers from the beginning, in float64."""

import numpy as np


def canonical(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Canonical correlations, and the canonical variables [words, kept] of either side.

    By the definition: the variables are unit vectors in the space of each layer, and the
    correlations are the singular values of inv(sqrt(Sxx)) Sxy inv(sqrt(Syy)).
    """
    x, y = main_components(x), main_components(y)
    root_x, root_y = inverse_root(x.T @ x), inverse_root(y.T @ y)
    left, correlations, right = np.linalg.svd(root_x @ x.T @ y @ root_y)
    kept = len(correlations)
    return correlations, x @ root_x @ left[:, :kept], y @ root_y @ right[:kept].T


def svcca(x: np.ndarray, y: np.ndarray) -> float:
    correlations, _, _ = canonical(x, y)
    return sum(correlations) / len(correlations)


def pwcca(x: np.ndarray, y: np.ndarray) -> float:
    """Mean of both sides; Morcos et al. (2018), eq. 1 and 2 of section 2.2."""
    correlations, of_x, of_y = canonical(x, y)
    sides = []
    for variables, layer in ((of_x, x), (of_y, y)):
        layer = layer - layer.mean(axis=0)
        weights = [sum(abs(h @ neuron) for neuron in layer.T) for h in variables.T]
        total = sum(w * r for w, r in zip(weights, correlations, strict=True))
        sides.append(total / sum(weights))
    return sum(sides) / 2


def main_components(x: np.ndarray) -> np.ndarray:
    """Keep as few principal components as make up 99 % of the variance."""
    x = x.astype(np.float64) - x.mean(axis=0, dtype=np.float64)
    words, sizes, _ = np.linalg.svd(x, full_matrices=False)
    kept = 1
    while np.sum(sizes[:kept] ** 2) < 0.99 * np.sum(sizes**2):
        kept += 1
    return words[:, :kept] * sizes[:kept]


def inverse_root(square: np.ndarray) -> np.ndarray:
    sizes, vectors = np.linalg.eigh(square)
    return vectors / np.sqrt(sizes) @ vectors.T
