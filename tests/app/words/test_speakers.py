from pathlib import Path

import pytest

from tests.app.project_examples import sessions_of, take, word
from vgdesk.app.words.speakers import next_pseudonym, renamed, speakers_of
from vgdesk.core.model import Session, Speaker, TakeId


@pytest.fixture
def session() -> Session:
    takes = [take(f"dog-{n}", Path(f"{n}.wav"), speaker=name) for n, name in enumerate(NAMES)]
    made = sessions_of([word("dog")], takes).with_speaker(Speaker("S01", "de", has_consent=True))
    return made.without_takes(frozenset([TakeId("dog-3")])).with_speaker(Speaker("S04"))


NAMES = ("S01", "Ana", "", "S01")


def test_everybody_is_listed_with_what_there_is_of_them(session: Session) -> None:
    found = [(s.name, s.profile is not None, s.takes, s.trashed) for s in speakers_of(session)]
    assert found == [
        ("S01", True, 1, 1),
        ("S04", True, 0, 0),
        ("Ana", False, 1, 0),
        ("", False, 1, 0),
    ]


def test_the_next_pseudonym_is_the_first_unused_one(session: Session) -> None:
    assert next_pseudonym(Session()) == "S01"
    assert next_pseudonym(session) == "S02"
    assert next_pseudonym(renamed(session, "Ana", "S02")) == "S03"


def test_a_new_name_keeps_takes_trash_and_profile(session: Session) -> None:
    changed = renamed(session, "S01", "Zoë")
    assert [t.speaker for t in changed.takes.values()] == ["Zoë", "Ana", ""]
    assert [t.take.speaker for t in changed.trash.values()] == ["Zoë"]
    assert next(iter(changed.speakers.values())) == Speaker("Zoë", "de", has_consent=True)
    assert list(changed.speakers) == ["Zoë", "S04"]
    assert renamed(session, "", "S09").speakers["S09"] == Speaker("S09")


def test_no_two_speakers_get_one_name(session: Session) -> None:
    for name in ("Ana", "S04", ""):
        with pytest.raises(ValueError, match="speaker"):
            renamed(session, "S01", name)
