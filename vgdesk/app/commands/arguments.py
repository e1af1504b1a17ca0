"""Options shared by several commands, validated when parsed."""

import argparse

from vgdesk.app.exchange.word_lists import WORD_LISTS
from vgdesk.app.stacks.stack_builder import Making
from vgdesk.encoders.base import Pooling

LIST_HELP = f"a project, a table, a word list, or a built-in list: {', '.join(WORD_LISTS)}"
STACK_HELP = (
    "a file from `vgdesk embed`; or, together with --words, an encoder's id, the folder of a model "
    "or a file of word vectors"
)
MOST_SEEDS = 2**32  # the range that every random generator accepts


def seed(text: str) -> int:
    """Parse a seed; argparse reports the error."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) < MOST_SEEDS):
        raise argparse.ArgumentTypeError(
            f"a seed is a whole number from 0 to {MOST_SEEDS - 1}, not “{text[:40]}”"
        )
    return int(text)


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add the option for the random seed."""
    parser.add_argument("--seed", type=seed, default=0, help="random seed; 0 if not given")


def add_force(parser: argparse.ArgumentParser) -> None:
    """Add the option to replace an existing output file."""
    parser.add_argument(
        "--force", action="store_true", help="replace an existing file of that name"
    )


def add_making(parser: argparse.ArgumentParser) -> None:
    """Add the options for how words become vectors."""
    parser.add_argument(
        "--pooling",
        choices=[p.value for p in Pooling],
        default="mean",
        help="how the frames or tokens of a word become one vector; mean if not given",
    )
    add_device(parser)


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add the option for the device of models."""
    parser.add_argument(
        "--device",
        choices=["auto", "cpu", "cuda", "mps"],
        default="auto",
        help="where models run; auto uses a graphics card if there is one",
    )


def making_of(chosen: argparse.Namespace) -> Making:
    """Return how words become vectors."""
    return Making(Pooling(chosen.pooling), chosen.device)
