"""Projects for the tests that save and open them."""

from dataclasses import replace
from pathlib import Path

from vgdesk.core.model import (
    Cell,
    Session,
    Take,
    TakeId,
    Word,
    WordId,
)
from vgdesk.core.viewing import Order, Rows, Shown, ViewRecipe

RECIPE = ViewRecipe(
    a=Cell.SPEECH_GROUNDED,
    b=Cell.TEXT_GROUNDED,
    shown=Shown.DIFFERENCE,
    layers={Cell.SPEECH_GROUNDED: 7, Cell.TEXT: 2},
    alignment="cka-biased",
    words_measure="pearson",
    map_method="mds",
    curve="silhouette",
    pooling="centre",
    label_column="ʃəˈwɑː\tفئة",
    order=Order.SIMILARITY,
    rows=Rows.TAKES,
    seed=11,
)


def word(name: str, **labels: str) -> Word:
    return Word(WordId(name), name, labels=labels)


def take(name: str, file: Path, **more: object) -> Take:
    return Take(TakeId(name), WordId(name.rpartition("-")[0]), file, **more)  # type: ignore[arg-type]


def sessions_of(words: list[Word], takes: list[Take]) -> Session:
    return Session({w.id: w for w in words}, {t.id: t for t in takes})


def lacking(session: Session, take: str) -> Session:
    """The session as if this take had never been."""
    return replace(session, takes={k: v for k, v in session.takes.items() if k != take})


def sound(file: Path, content: bytes = b"RIFF dog") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def same(a: Session, b: Session) -> bool:
    """Compare sessions with the order of what is in them, which equality of maps ignores."""

    def plain(session: Session) -> object:
        return (
            list(session.words.values()),
            list(session.takes.values()),
            dict(session.encoders),
            dict(session.ratings),
            session.label_columns(),
            list(session.trash.values()),
            list(session.speakers.values()),
            dict(session.spent),
        )

    return plain(a) == plain(b)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }
