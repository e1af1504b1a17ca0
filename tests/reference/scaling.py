"""Classical scaling, and one more point on the map, as Torgerson and Gower wrote them down."""

import numpy as np


def classical_scaling(distances: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return points in two dimensions, shape [n, 2], and all eigenvalues, the largest first."""
    n = len(distances)
    centre = np.eye(n) - np.ones((n, n)) / n
    values, vectors = np.linalg.eigh(-0.5 * centre @ distances**2 @ centre)
    return vectors[:, :-3:-1] * np.sqrt(values[:-3:-1]), values[::-1]


def added_point(points: np.ndarray, distances: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Place one more point by its distances to all others; Gower (1968), eq. 10.

    Parameters
    ----------
    points
        Shape [n, 2], from `classical_scaling`.
    distances, new
        Shapes [n, n] and [n].
    """
    squares = distances**2
    # Squared distance of each point to the centre of all in the whole space.
    to_centre = squares.mean(axis=1) - squares.mean() / 2
    return np.linalg.inv(points.T @ points) @ points.T @ (to_centre - new**2) / 2
