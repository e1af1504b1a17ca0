"""Speakers: pseudonyms, profiles, and their numbers of takes."""

from collections import Counter
from dataclasses import dataclass, replace
from itertools import count

from vgdesk.core.model import Session, Speaker


@dataclass(frozen=True, slots=True)
class SpeakerFacts:
    """A speaker with their numbers of takes.

    Attributes
    ----------
    profile
        None for a speaker named only in takes, and for the unnamed speaker.
    takes, trashed
        Number of takes in the list and in the trash.
    """

    name: str
    profile: Speaker | None
    takes: int
    trashed: int


def speakers_of(session: Session) -> tuple[SpeakerFacts, ...]:
    """List the speakers with profiles, then other speakers named in takes."""
    takes = Counter(take.speaker for take in session.takes.values())
    trashed = Counter(trashed.take.speaker for trashed in session.trash.values())
    names = dict.fromkeys([*session.speakers, *takes, *trashed])
    return tuple(
        SpeakerFacts(name, session.speakers.get(name), takes[name], trashed[name]) for name in names
    )


def next_pseudonym(session: Session) -> str:
    """Return the first unused name of S01, S02 and so on."""
    taken = {facts.name for facts in speakers_of(session)}
    return next(name for number in count(1) if (name := f"S{number:02}") not in taken)


def renamed(session: Session, old: str, new: str) -> Session:
    """Rename a speaker in the profile and in every take.

    Raises ValueError if the name is in use or empty.
    """
    profile = replace(session.speakers.get(old) or Speaker(new), name=new)
    if new != old and any(facts.name == new for facts in speakers_of(session)):
        raise ValueError(f"there is already a speaker “{new}”")
    speakers = [profile if name == old else one for name, one in session.speakers.items()]
    takes = {
        k: replace(take, speaker=new) if take.speaker == old else take
        for k, take in session.takes.items()
    }
    trash = {
        k: replace(v, take=replace(v.take, speaker=new)) if v.take.speaker == old else v
        for k, v in session.trash.items()
    }
    named = {one.name: one for one in (*speakers, profile)}
    return replace(session, takes=takes, trash=trash, speakers=named)
