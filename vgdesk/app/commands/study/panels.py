"""The plots of the study's figures as values: lines of scores, and how they were made."""

from dataclasses import dataclass
from enum import Enum

from vgdesk.app.commands.study.published import Published
from vgdesk.core.results import LayerCurve


class Edition(Enum):
    """The analysis choices: those of the study, or the corrected ones."""

    PUBLISHED = "as published"
    CORRECTED = "corrected"


class Depth(Enum):
    """Which layer of one model is compared with which layer of another.

    Models of equal depth, and word vectors, which have no depth, give the same pairs both ways.
    """

    SAME = "same block and relative depth"
    BLOCK = "same block"
    RELATIVE = "same relative depth"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plot.

    Attributes
    ----------
    partners
        The layer of the other encoder that each layer of the curve is compared with; empty if the
        curve scores one encoder.
    """

    name: str
    curve: LayerCurve
    partners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot of the study's figures.

    Attributes
    ----------
    depth
        How the layers of two encoders are paired; None if each line scores one encoder.
    published
        Values of the study for its own words and models.
    missing
        Why some lines are missing, in sentences; empty if complete.
    """

    analysis: str
    edition: Edition
    title: str
    lines: tuple[Line, ...]
    published: tuple[Published, ...] = ()
    missing: str = ""
    depth: Depth | None = None

    @property
    def heading(self) -> str:
        """The title, the edition and, where it matters, how layers are paired."""
        paired = f", {self.depth.value}" if self.depth in (Depth.BLOCK, Depth.RELATIVE) else ""
        return f"{self.title}, {self.edition.value}{paired}"


def panel_of(
    analysis: str,
    edition: Edition,
    title: str,
    lines: list[Line],
    reasons: list[str],
    published: tuple[Published, ...] = (),
    *,
    depth: Depth | None = None,
) -> Panel:
    """Combine lines with the reasons for missing ones; the study has values as published only."""
    drawn = published if edition is Edition.PUBLISHED else ()
    why = " ".join(dict.fromkeys(reasons))
    return Panel(analysis, edition, title, tuple(lines), drawn, why, depth)
