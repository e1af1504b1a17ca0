from hypothesis import given
from hypothesis import strategies as st

from vgdesk.analyses.row_changes import IncrementalCache, row_change

LISTS = st.lists(st.sampled_from("abcdef"), max_size=12).map(tuple)


@given(old=LISTS, new=LISTS)
def test_every_row_stays_or_is_gone_or_is_new(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    change = row_change(old, new)
    assert [old[i] for i in change.before] == [new[i] for i in change.after]
    assert sorted([*change.before, *change.gone]) == list(range(len(old)))
    assert sorted([*change.after, *change.new]) == list(range(len(new)))
    gone, came = {old[i] for i in change.gone}, {new[i] for i in change.new}
    assert not gone & came


def test_of_each_thing_the_newest_state_is_kept() -> None:
    kept = IncrementalCache[str](2)
    for thing in "xyz":
        kept.keep(thing, ("a", "b"), f"first {thing}")
    kept.keep("y", ("a", "b", "c"), "second y")
    assert kept.find("x", ("a", "b")) is None
    state, change = kept.find("y", ("a", "b", "c", "d")) or ("", None)
    assert state == "second y"
    assert change is not None
    assert (change.new.tolist(), len(change.gone)) == ([3], 0)
    assert kept.find_same("y", ("a", "b", "c")) == "second y"
    assert kept.find_same("y", ("b", "a", "c")) is None
    kept.drop()
    assert kept.find("y", ("a", "b", "c")) is None
