"""Options that several commands share, each checked as it is read."""

import argparse

MOST_SEEDS = 2**32  # what every generator of random numbers takes


def seed(text: str) -> int:
    """Read a seed; argparse turns the error into a sentence."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) < MOST_SEEDS):
        raise argparse.ArgumentTypeError(
            f"a seed is a whole number from 0 to {MOST_SEEDS - 1}, not “{text[:40]}”"
        )
    return int(text)


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Let a command be told which random numbers to take."""
    parser.add_argument("--seed", type=seed, default=0)


def add_force(parser: argparse.ArgumentParser) -> None:
    """Let a command replace the file that it writes."""
    parser.add_argument(
        "--force", action="store_true", help="replace an existing file of that name"
    )
