from dataclasses import replace

import numpy as np
import pytest

from tests.ui.views.examples import layers, legend, similarity, theme
from vgdesk.core.model import EncoderId
from vgdesk.core.results import LayerCurve, Trace
from vgdesk.ui.views.descriptions.results import (
    curve_summary,
    curve_table,
    inside_chance,
    layer_readout,
    layer_summary,
    layer_table,
    number,
    row_titles,
    word_readout,
    word_summary,
    word_table,
)

LAYERS = layers(np.array([[0.02, 0.3], [-0.4, 0.8], [0.05, np.nan]]))


def test_a_number_has_a_real_minus_and_zero_has_none() -> None:
    assert [number(value) for value in (0.424, -0.5, -0.001)] == ["0.42", "\u22120.50", "0.00"]


def test_a_cell_is_read_out_with_its_chance() -> None:
    assert (
        layer_readout(LAYERS, 1, 1, "speech", "text")
        == "speech layer 1, text layer 1: 0.80 [0.70, 0.90] (chance 0.00 ± 0.05)"
    )
    assert layer_readout(LAYERS, 2, 1, "speech", "text").endswith("not ready yet")


def test_far_below_chance_is_not_inside_chance() -> None:
    assert inside_chance(LAYERS).tolist() == [[True, False], [False, False], [True, False]]


def test_the_layer_summary_names_n_estimator_chance_and_the_best_pair() -> None:
    summary = layer_summary(LAYERS, "speech", "text")
    for part in (
        "n = 24",
        "speech layer 1, text layer 1: 0.80",
        "2 of 6 pairs are not above chance",
        "Debiased linear CKA",
        "random words",
    ):
        assert part in summary


def test_a_summary_without_values_says_not_ready_yet() -> None:
    nothing = layers(np.full((2, 2), np.nan))
    assert "ready yet" in layer_summary(nothing, "speech", "text")


def test_the_layer_table_lists_every_pair_once() -> None:
    table = layer_table(LAYERS, "speech", "text")
    assert len(table.rows) == 6
    assert table.rows[3] == ("1", "1", 0.8, pytest.approx(0.7), pytest.approx(0.9), 0.0, 0.05, 0.01)
    assert len({row[:2] for row in table.rows}) == 6
    assert len(set(layer_table(LAYERS, "speech", "speech").headers)) == 8


def test_takes_of_one_word_are_numbered() -> None:
    looks = legend(2, theme())
    assert row_titles(("a", "b", "c"), ("w0", "w1", "w0"), looks) == ("word0 1", "word1", "word0 2")


def grouped(rng: np.random.Generator, n: int = 8) -> np.ndarray:
    values = rng.uniform(-0.2, 0.2, (n, n))
    values[: n // 2, : n // 2] += 0.5
    values[n // 2 :, n // 2 :] += 0.5
    values = (values + values.T) / 2
    np.fill_diagonal(values, 1)
    return values


def test_the_word_summary_names_the_nearest_pair_and_the_means_of_groups() -> None:
    values = grouped(np.random.default_rng(0))
    n = len(values)
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    best = max(pairs, key=lambda pair: values[pair])
    same = [values[i, j] for i, j in pairs if (i < 4) == (j < 4)]
    other = [values[i, j] for i, j in pairs if (i < 4) != (j < 4)]
    looks = legend(n, theme())
    titles = row_titles(similarity(values).rows, similarity(values).words, looks)
    summary = word_summary(similarity(values), titles, looks, "speech")
    assert f"word{best[0]} and word{best[1]} ({number(values[best])})" in summary
    assert f"{number(np.mean(same))} within and {number(np.mean(other))} between" in summary
    assert f"n = {n}" in summary
    assert "layer 3 of speech" in summary


def test_small_distances_are_alike() -> None:
    values = np.array([[0, 5, 1], [5, 0, 3], [1, 3, 0.0]])
    result = replace(similarity(values), is_distance=True)
    summary = word_summary(result, ("a", "b", "c"), legend(3, theme()), "")
    assert "a and c (1.00)" in summary


@pytest.mark.parametrize("n", [0, 1])
def test_a_word_alone_is_no_pair(n: int) -> None:
    assert "too few words" in word_summary(
        similarity(np.ones((n, n))), ("a",) * n, legend(2, theme()), ""
    )


def test_the_word_table_is_in_the_shown_order_and_has_an_empty_diagonal() -> None:
    values = grouped(np.random.default_rng(1), 4)
    looks, order = legend(4, theme()), (2, 0, 3, 1)
    table = word_table(similarity(values), ("a", "b", "c", "d"), looks, order)
    assert table.headers == ("word", "kind", "c", "a", "d", "b")
    for i, row in zip(order, table.rows, strict=True):
        assert row[:2] == ("abcd"[i], "animal" if i < 2 else "tool")
        for j, entry in zip(order, row[2:], strict=True):
            assert np.isnan(entry) if i == j else entry == values[i, j]


def test_a_word_is_not_compared_with_itself() -> None:
    result = similarity(grouped(np.random.default_rng(1), 4))
    looks = legend(4, theme())
    assert "itself" in word_readout(result, 1, 1, ("a", "b", "c", "d"), looks)
    expected = f"a (animal), d (tool): {number(result.values[0, 3])}"
    assert word_readout(result, 0, 3, ("a", "b", "c", "d"), looks) == expected


def curve(values: list[float], measure: str = "silhouette") -> LayerCurve:
    score = np.array(values)
    names = tuple(str(i) for i in range(len(values)))
    band = (score * 0 - 0.1, score * 0, score * 0 + 0.1)
    trace = Trace("silhouette", 12, (EncoderId("a"),), "labels shuffled 200 times")
    around = (score - 0.05, score + 0.05)
    rates = np.where(np.abs(score) > 0.1, 0.01, 0.5)
    limits = (-1.0, 1.0)
    return LayerCurve(measure, EncoderId("a"), names, score, *around, *band, rates, limits, trace)


def test_the_curve_summary_names_the_peak_of_every_curve() -> None:
    summary = curve_summary((curve([0.1, 0.4, 0.2]), curve([0.0, 0.1])), ("speech", "text"))
    for part in ("n = 12", "speech layer 1: 0.40", "text layer 1: 0.10", "labels shuffled"):
        assert part in summary


def test_the_curve_table_lists_every_layer() -> None:
    table = curve_table((curve([0.1, 0.4, 0.2]), curve([0.0, 0.1])), ("speech", "text"))
    assert [row[:3] for row in table.rows] == [
        ("speech", "0", 0.1),
        ("speech", "1", 0.4),
        ("speech", "2", 0.2),
        ("text", "0", 0.0),
        ("text", "1", 0.1),
    ]


def test_the_best_of_an_error_is_the_lowest() -> None:
    summary = curve_summary((curve([0.4, 0.1, 0.2], "abx"),), ("speech",))
    assert "Lowest: speech layer 1: 0.10" in summary
