"""Quality of a take in words and marks, for the recorder, the word list and the inspector."""

from enum import Enum

from vgdesk.app.recording.capture import Kept
from vgdesk.audio.take_checks import CUT, TAKE_CHECKS, Finding
from vgdesk.core.model import Concern, Take, Verdict
from vgdesk.ui.style.theme import Theme
from vgdesk.ui.takes.remarks import VERDICT_MARKS, Remark
from vgdesk.ui.widgets.status_marks import Mark

MOST_PLACES = 2


class Quality(Enum):
    """The quality of a take, the worst first; the value is its caption."""

    FAILED = "failed a check"
    WARNED = "has a warning"
    KEPT_ANYWAY = "kept anyway"
    GOOD = "passed all checks"


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
    """Judge a take by its concerns and by the user's decision about them."""
    if not take.concerns:
        return Quality.GOOD
    if take.is_kept_anyway:
        return Quality.KEPT_ANYWAY
    has_failed = any(concern.verdict is Verdict.FAIL for concern in take.concerns)
    return Quality.FAILED if has_failed else Quality.WARNED


def quality_in_words(take: Take) -> str:
    """Describe the concerns of a take, and whether it was kept anyway."""
    said = [f"{_title(concern)}: {remark_of(concern).text}" for concern in take.concerns]
    return " ".join((*said, "Kept anyway.") if take.is_kept_anyway else said)


def _title(concern: Concern) -> str:
    check = TAKE_CHECKS.get(concern.check)
    return check.title if check else concern.check


def remarks_of(kept: Kept) -> tuple[Remark, ...]:
    """Return remarks on a new take, with positions."""
    against = tuple(
        Remark(finding.verdict, f"{finding.message}{_places(finding)}", finding.remedy)
        for finding in kept.findings
        if finding.verdict is not Verdict.PASS
    )
    good = f"{kept.seconds:.1f} s recorded. All checks passed."
    return against or (Remark(Verdict.PASS, good),)


def _places(finding: Finding) -> str:
    """Return where to listen; the message of a cut already gives its position."""
    if not finding.where or finding.check == CUT.id:
        return ""
    starts = [f"{start:.2f} s" for start, _end in finding.where[:MOST_PLACES]]
    return f" Look at {' and '.join(starts)}."


def remark_of(concern: Concern) -> Remark:
    """Return the remark of a stored concern."""
    check = TAKE_CHECKS.get(concern.check)
    if check is None:  # from a newer version
        return Remark(concern.verdict, f"The check “{concern.check}” reported a problem.")
    return Remark(concern.verdict, check.bad, check.remedy)
