from vgdesk.core.model import Cell
from vgdesk.encoders import ENCODERS, untrained_twin
from vgdesk.encoders.defaults import floor_encoders
from vgdesk.encoders.starter import CONTROLLED, control_id, starter_id

QUARTET = [ENCODERS[starter_id(cell)] for cell in Cell]


def test_trained_encoders_have_to_beat_their_twins_and_their_baselines() -> None:
    floors = floor_encoders(QUARTET)
    assert set(floors) == {
        "starter-speech+untrained", "starter-text+untrained", "spectrum", "spelling",
    } | (ENCODERS.keys() & set(map(control_id, CONTROLLED)))  # fmt: skip


def test_what_is_chosen_already_is_no_floor() -> None:
    speech = ENCODERS["starter-speech"]
    assert floor_encoders([speech, untrained_twin(speech), ENCODERS["spectrum"]]) == ()


def test_a_baseline_alone_has_no_floor() -> None:
    assert floor_encoders([ENCODERS["spectrum"], ENCODERS["spelling"]]) == ()
