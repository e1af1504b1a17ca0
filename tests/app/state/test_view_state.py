from vgdesk.analyses import ANALYSES, AS_PUBLISHED
from vgdesk.app.state.events import Events
from vgdesk.app.state.view_state import ViewState
from vgdesk.core.viewing import ViewRecipe


def test_the_studys_choices_are_one_step_away_and_one_step_back() -> None:
    heard: list[ViewRecipe] = []
    events = Events()
    events.recipe_changed.subscribe(heard.append)
    view_state = ViewState(events, ViewRecipe(curve="silhouette-lda"))
    before = view_state.recipe
    view_state.toggle_published()
    assert (view_state.recipe.alignment, view_state.recipe.curve) == (
        "cka-biased",
        "silhouette-lda-published",
    )
    view_state.toggle_published()
    assert view_state.recipe == before
    assert len(heard) == 2


def test_a_measure_without_a_published_form_stays() -> None:
    view_state = ViewState(Events(), ViewRecipe(alignment="svcca", curve="abx"))
    before = view_state.recipe
    view_state.toggle_published()
    assert view_state.recipe == before


def test_a_measure_and_its_published_form_are_of_one_kind() -> None:
    for corrected, published in AS_PUBLISHED.items():
        assert ANALYSES[corrected].kind is ANALYSES[published].kind
