from vgdesk.app.state.events import Events
from vgdesk.app.state.store import MOST_STEPS, Store
from vgdesk.core.model import Session, Word, WordId


def add(store: Store, text: str) -> None:
    store.apply(f"Add {text}", lambda s: s.with_word(Word(WordId(text), text)))


def test_undo_gives_back_the_identical_session_and_names_the_step() -> None:
    store = Store(Events())
    add(store, "dog")
    before = store.session
    add(store, "cat")
    assert store.undo_label == "Add cat"
    store.undo()
    assert store.session is before
    assert (store.undo_label, store.redo_label) == ("Add dog", "Add cat")
    store.redo()
    assert list(store.session.words) == ["dog", "cat"]


def test_a_new_edit_ends_what_could_be_redone() -> None:
    store = Store(Events())
    add(store, "dog")
    store.undo()
    add(store, "cat")
    assert store.redo_label == ""
    assert list(store.session.words) == ["cat"]


def test_an_edit_without_effect_is_no_undo_step() -> None:
    store = Store(Events())
    store.apply("Nothing", lambda session: session)
    assert store.undo_label == ""


def test_steps_are_heard_with_both_sides() -> None:
    events = Events()
    heard: list[tuple[int, int, str]] = []
    events.session_changed.subscribe(
        lambda c: heard.append((len(c.before.words), len(c.after.words), c.label))
    )
    store = Store(events)
    add(store, "dog")
    store.undo()
    assert heard == [(0, 1, "Add dog"), (1, 0, "Undo Add dog")]


def test_only_so_many_steps_are_kept() -> None:
    store = Store(Events())
    for number in range(MOST_STEPS + 20):
        add(store, f"w{number}")
    for _ in range(MOST_STEPS + 20):
        store.undo()
    assert len(store.session.words) == 20


def test_what_is_unsaved_is_known_through_undo() -> None:
    store = Store(Events())
    store.open(Session(), "Open")
    assert not store.has_unsaved_edits
    add(store, "dog")
    assert store.has_unsaved_edits
    store.undo()
    assert not store.has_unsaved_edits
