"""What is said of a take: right after it was recorded, in the list of words, in the inspector."""

from enum import Enum

from vgdesk.app.recording import Kept
from vgdesk.core.model import Concern, Take, Verdict
from vgdesk.ui.panels.findings import VERDICT_MARKS, Remark
from vgdesk.ui.panels.marks import Mark
from vgdesk.ui.theme import Theme


class Quality(Enum):
    """How good a take is, the worst first; the value is what a person reads."""

    FAILED = "failed a check"
    WARNED = "has a concern"
    KEPT_ANYWAY = "kept anyway"
    GOOD = "no concern"


QUALITY_MARKS = {
    Quality.FAILED: VERDICT_MARKS[Verdict.FAIL],
    Quality.WARNED: VERDICT_MARKS[Verdict.WARN],
    Quality.KEPT_ANYWAY: Mark.FLAG,
    Quality.GOOD: VERDICT_MARKS[Verdict.PASS],
}


def quality_colour(quality: Quality, theme: Theme) -> str:
    """Return the colour that goes with the mark of a quality."""
    colours = {Quality.FAILED: theme.bad, Quality.GOOD: theme.good}
    return colours.get(quality, theme.warn)


def quality_of(take: Take) -> Quality:
    """Judge a take by its concerns and by what somebody decided about them."""
    if not take.concerns:
        return Quality.GOOD
    if take.is_kept_anyway:
        return Quality.KEPT_ANYWAY
    has_failed = any(concern.verdict is Verdict.FAIL for concern in take.concerns)
    return Quality.FAILED if has_failed else Quality.WARNED


def quality_in_words(take: Take) -> str:
    """Name everything that speaks against a take, and that it is kept nevertheless."""
    said = [remark_of(concern).text for concern in take.concerns]
    return " ".join((*said, "Kept anyway.") if take.is_kept_anyway else said)


def remarks_of(kept: Kept) -> tuple[Remark, ...]:
    """Return what the checks say of a take that was just recorded."""
    against = tuple(remark_of(concern) for concern in kept.concerns)
    good = f"{kept.seconds:.1f} s recorded, and nothing speaks against it."
    return against or (Remark(Verdict.PASS, good),)


def remark_of(concern: Concern) -> Remark:
    """Say again what was said against a take, from what was kept of it."""
    said = "failed" if concern.verdict is Verdict.FAIL else "gave a warning"
    return Remark(concern.verdict, f"The check “{concern.check}” {said}.", "Listen to the take.")
