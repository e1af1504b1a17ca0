"""Analysis A with the two baselines, whose depths differ, and with word vectors."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vgdesk.app.commands.study.alignment import Alignment
from vgdesk.app.commands.study.figures import is_inside_band
from vgdesk.app.commands.study.panels import Depth, Edition, Panel
from vgdesk.app.commands.study.study_stacks import Request, StudyStacks
from vgdesk.app.encoding.encoder_registry import find_encoder
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.app.words.word_facts import facts_of
from vgdesk.audio.files import read, write_flac
from vgdesk.core.model import Cell
from vgdesk.core.resources import resource

DEMO = str(resource("demo.vgdesk"))
BASELINES = {cell: "spectrum" if cell.value.startswith("speech") else "spelling" for cell in Cell}


def request_of(words: str = DEMO, vectors: Path | None = None) -> Request:
    encoders = {cell: find_encoder(name) for cell, name in BASELINES.items()}
    extra = None if vectors is None else find_encoder(str(vectors))
    return Request(encoders, words, "category", 0, extra)


Panels = Mapping[tuple[Edition, Depth | None], Panel]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def panels() -> Panels:
    return panels_of(request_of())


def panels_of(request: Request) -> Panels:
    facts = facts_of(open_words(request.words), request.label)
    alignment = Alignment(request, facts, StudyStacks(request, facts))
    every = [panel for edition in Edition for panel in alignment.panels(edition)]
    return {(panel.edition, panel.depth): panel for panel in every}


def values_of(panels: Panels) -> dict[str, list[float]]:
    return {
        f"{panel.heading}, {line.name}": line.curve.values.tolist()
        for panel in panels.values()
        for line in panel.lines
    }


def test_models_of_unequal_depth_are_compared_in_both_ways_and_no_block_vanishes(
    panels: Panels,
) -> None:
    ways = {(edition, depth) for edition in Edition for depth in (Depth.BLOCK, Depth.RELATIVE)}
    assert set(panels) == ways
    for edition in Edition:
        line = panels[edition, Depth.BLOCK].lines[0]
        assert line.curve.layers == ("2 slices", "4 slices", "8 slices")
        assert line.partners == ("pairs", "triples", "fours")
        line = panels[edition, Depth.RELATIVE].lines[0]
        assert line.curve.layers == ("2 slices", "4 slices", "8 slices", "16 slices")
        assert line.partners == ("pairs", "triples", "triples", "fours")


def test_every_score_lies_within_its_interval(panels: Panels) -> None:
    for panel in panels.values():
        for line in panel.lines:
            assert line.curve.trace.interval
            assert np.all(line.curve.low < line.curve.values)
            assert np.all(line.curve.values < line.curve.high)


def test_word_vectors_are_a_further_line_beside_those_of_the_study(
    tmp_path: Path, panels: Panels
) -> None:
    rng = np.random.default_rng(0)
    texts = [word.text for word in open_words(DEMO).words.values()][4:]
    file = tmp_path / "my.txt"
    file.write_text("".join(f"{t} {' '.join(map(str, rng.normal(size=5)))}\n" for t in texts))
    found = panels_of(request_of(vectors=file))
    for edition, rows in ((Edition.PUBLISHED, 64), (Edition.CORRECTED, 32)):
        panel = found[edition, Depth.RELATIVE]
        (line,) = (one for one in panel.lines if one.name == "Speech – Word vectors")
        assert line.partners == ("vectors",) * 4
        assert line.curve.trace.n == rows
        names = {one.name for one in panel.published}
        assert ("FaST-VGS+ – GloVe" in names) is (edition is Edition.PUBLISHED)
    without = panels[Edition.PUBLISHED, Depth.RELATIVE]
    assert not any("GloVe" in one.name for one in without.published)


def test_points_inside_the_chance_band_are_hollow(panels: Panels) -> None:
    for panel in panels.values():
        for line in panel.lines:
            curve = line.curve
            at_chance = replace(line, curve=replace(curve, values=curve.chance_mean))
            far = replace(line, curve=replace(curve, values=curve.chance_high + 0.01))
            assert is_inside_band(at_chance).all()
            assert not is_inside_band(far).any()


def test_a_long_recording_with_a_table_is_a_list_as_good_as_single_files(
    tmp_path: Path, panels: Panels
) -> None:
    """All takes of the demo in one file per speaker, without a gap."""
    session, lines = open_words(DEMO), ["word,file,start,end,speaker,category"]
    for speaker in {take.speaker for take in session.takes.values()}:
        parts, at = [], 0.0
        for take in session.takes.values():
            if take.speaker == speaker:
                sound = read(take.file, start=take.start, end=take.end)
                word, until = session.words[take.word], at + sound.seconds
                label = word.labels["category"]
                lines.append(f"{word.text},{speaker}.flac,{at!r},{until!r},{speaker},{label}")
                parts.append(sound)
                at = until
        whole = replace(parts[0], samples=np.concatenate([part.samples for part in parts]))
        write_flac(tmp_path / f"{speaker}.flac", whole)
    table = tmp_path / "takes.csv"
    table.write_text("\n".join(lines))
    found, wanted = values_of(panels_of(request_of(str(table)))), values_of(panels)
    assert set(found) == set(wanted)
    for name, values in wanted.items():
        assert found[name] == pytest.approx(values, abs=2e-3)


def test_copies_of_takes_change_no_score(tmp_path: Path, panels: Panels) -> None:
    """Five copies of the sound files of some takes, under other names."""
    session, lines = open_words(DEMO), ["word,take,file,start,end,speaker,category"]
    for number, take in enumerate(session.takes.values()):
        label = session.words[take.word].labels["category"]
        for copy in range(5 if number % 3 == 0 else 1):
            file = tmp_path / f"{take.id}-{copy}.flac"
            file.write_bytes(take.file.read_bytes())
            about = f"{take.start!r},{take.end!r},{take.speaker},{label}"
            lines.append(f"{take.word},{file.stem},{file.name},{about}")
    table = tmp_path / "takes.csv"
    table.write_text("\n".join(lines))
    found, wanted = values_of(panels_of(request_of(str(table)))), values_of(panels)
    assert set(found) == set(wanted)
    for name, values in wanted.items():
        assert found[name] == pytest.approx(values, abs=1e-5)
