"""An R script beside a table in long format: what its columns mean, and formulas to start from."""

from collections.abc import Iterator
from pathlib import Path

from vgdesk.app.exchange.long_facts import LongFacts
from vgdesk.app.exchange.long_table import LongTable

FEWEST_SPEAKERS = 5  # for a variance between speakers; fewer are a fixed effect
RANK = "rank"
FEWEST_LAYERS = 3  # for a curve of the second degree
LEAST_KNOWN = 0.5
NUMBERS = ("seconds", "n_phones", "frequency", "concreteness")


def r_script(table: LongTable, facts: LongFacts, file: Path) -> str:
    """Format the script for a table that is written to `file`."""
    reader = "read.csv" if file.suffix == ".csv" else "read.delim"
    factors = ["encoder", "layer", *([facts.scored] if facts.scored in table.known else [])]
    lines = [
        f"# {file.name}: {table.title}, one line for each {table.unit}, layer and encoder.",
        *(f"# {line}" for line in _notes(table, facts)),
        "",
        f'values <- {reader}("{file.name}", na.strings = "NA")',
        *(
            f"values${name} <- factor(values${name}, levels = unique(values${name}))"
            for name in factors
        ),
        "",
        "fit <- lme4::lmer(",
        _formula(table, facts),
        "  data = values",
        ")",
        "",
        "fit <- brms::brm(",
        _formula(table, facts, is_brms=True),
        "  data = values",
        ")",
        "",
    ]
    return "\n".join(lines)


def _notes(table: LongTable, facts: LongFacts) -> Iterator[str]:
    yield "depth: 0 at the first layer of an encoder, 1 at its last."
    if any(name.startswith("seconds") for name in table.known):
        yield "seconds: length of the take; for a word, the mean length of its takes."
    yield from (
        f"{name}: the column “{heading}” of the project."
        for name, heading in {**facts.norms, **facts.labels}.items()
        if name != heading
    )
    if table.lacking:
        yield f"Not known, so there is no column for it: {', '.join(table.lacking)}."
    if table.unit == "word":
        yield "Takes of a word are averaged, so there is no column for speaker and take."
    yield "Lines with NA in a column of the formula are left out: check how many remain."
    if table.is_of_pairs:
        yield "Which end of a pair is 1 or 2 has no meaning: brms knows this (mm), lme4 does not."
    if RANK in table.title:
        yield "Ranks are skewed, so the formulas use their logarithm."
    yield "Values of different words depend on each other as well: no random effect removes this."


def _formula(table: LongTable, facts: LongFacts, *, is_brms: bool = False) -> str:
    """Return the formula on several lines, one for each kind of terms."""
    value = "log(value)" if RANK in table.title else "value"
    kinds = [_where(table)], _predictors(table, facts), _random(table, facts, is_brms=is_brms)
    lines = filter(None, (" + ".join(terms) for terms in kinds))
    return f"  {value} ~ " + " +\n    ".join(lines) + ","


def _where(table: LongTable) -> str:
    """Return the terms of encoder and layer, which interact."""
    layers = {one.layers for one in table.values}
    fewest = min(map(len, layers))
    layer = "" if fewest < 2 else "layer" if len(layers) == 1 else "depth"
    if layer == "depth" and fewest >= FEWEST_LAYERS:
        layer = "poly(depth, 2)"
    encoder = "encoder" if len({one.encoder for one in table.values}) > 1 else ""
    return " * ".join(filter(None, [encoder, layer]))


def _predictors(table: LongTable, facts: LongFacts) -> list[str]:
    if table.is_of_pairs:
        sought = ["same_word", "same_speaker", f"same_{facts.scored}", "phone_distance"]
        sought += ["synonyms", "rating", *(f"{name}_{end}" for name in NUMBERS for end in (1, 2))]
    else:
        sought = [facts.scored, *NUMBERS]
        if len(table.entries("speaker")) < FEWEST_SPEAKERS:
            sought.append("speaker")
    # A predictor with one entry has no effect; one that is mostly NA would leave few lines.
    return [
        name
        for name in sought
        if len(table.entries(name)) > 1 and table.share_known(name) >= LEAST_KNOWN
    ]


def _random(table: LongTable, facts: LongFacts, *, is_brms: bool) -> list[str]:
    """Return the terms of words, speakers and takes, which are nested or crossed."""
    is_of_pairs = table.is_of_pairs
    ends = ("_1", "_2") if is_of_pairs else ("",)
    groups = ["word"]
    if len(table.entries(f"speaker{ends[0]}")) >= FEWEST_SPEAKERS:
        groups.append("speaker")
    if f"take{ends[0]}" in table.known:
        is_repeated = facts.has_repeats and not is_of_pairs and "speaker" in table.known
        groups += ["word:speaker"] * is_repeated
        groups += ["take"] * (sum(len(one.layers) for one in table.values) > 1)
    if is_of_pairs and is_brms:
        return [f"(1 | mm({group}_1, {group}_2))" for group in groups]
    return [f"(1 | {group}{end})" for group in groups for end in ends]
