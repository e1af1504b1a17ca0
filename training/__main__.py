"""Rebuild the starter encoders: `python -m training all`, or stage by stage."""

import argparse
from collections.abc import Callable
from pathlib import Path

from training.plan import FULL, SMOKE, Plan
from training.sources import SMOKE_LEAVES_OUT, fetch
from training.work import Work


def main() -> None:
    """Run a stage; completed work is not repeated."""
    arguments = read_arguments()
    plan = SMOKE if arguments.smoke else FULL
    if arguments.seed is not None:
        plan = plan.with_seeds(arguments.seed)
    work = Work(arguments.work, arguments.sources)
    names = STAGES if arguments.stage == "all" else [arguments.stage]
    for name in names:
        print(f"== {name}", flush=True)
        STAGES[name](work, plan, arguments)


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("stage", choices=[*STAGES, "all"])
    parser.add_argument(
        "--work", type=Path, default=Path("build/training"), help="folder for all output"
    )
    parser.add_argument("--sources", type=Path, help="folder for fetched packages")
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/data"), help="test sets, if any"
    )
    parser.add_argument("--seed", type=int, help="train only this seed")
    parser.add_argument("--smoke", action="store_true", help="a few words, a few steps")
    parser.add_argument("--target", type=Path, default=Path("resources/models"), help="for export")
    parser.add_argument(
        "--docs", type=Path, default=Path("docs/starter-models.md"), help="for evaluate"
    )
    return parser.parse_args()


def fetch_stage(work: Work, plan: Plan, _arguments: argparse.Namespace) -> None:
    """Fetch all sources; the smoke run skips large ones that only the evaluation needs."""
    fetch(work, leave_out=SMOKE_LEAVES_OUT if plan.concepts is not None else ())


def words_stage(work: Work, plan: Plan, _arguments: argparse.Namespace) -> None:
    """Choose the words and those that are trained with pictures."""
    from training.words import make_words

    make_words(work, plan)


def voices_stage(work: Work, plan: Plan, _arguments: argparse.Namespace) -> None:
    """Synthesise the words, and compute their frames."""
    from training.sounds import make_mels
    from training.voices import speak_all

    speak_all(work, plan)
    make_mels(work, plan)


def pictures_stage(work: Work, plan: Plan, _arguments: argparse.Namespace) -> None:
    """Render the concepts and compute their features."""
    from training.pictures import make_pictures

    make_pictures(work, plan)


def text_stage(work: Work, plan: Plan, _arguments: argparse.Namespace) -> None:
    """Train the text encoders and their controls."""
    from training.text import train_text

    for seed in plan.seeds:
        train_text(work, plan, seed)


def speech_stage(work: Work, plan: Plan, _arguments: argparse.Namespace) -> None:
    """Train the speech encoders and their controls."""
    from training.speech import train_speech

    for seed in plan.seeds:
        train_speech(work, plan, seed)


def evaluate_stage(work: Work, plan: Plan, arguments: argparse.Namespace) -> None:
    """Evaluate all encoders and write the tables."""
    from training.evaluation.report import evaluate

    evaluate(work, plan, arguments.data, arguments.docs)


def export_stage(work: Work, plan: Plan, arguments: argparse.Namespace) -> None:
    """Write the four encoders that ship, with their model cards."""
    from training.export import export

    export(work, plan, arguments.target)


def controls_stage(work: Work, plan: Plan, arguments: argparse.Namespace) -> None:
    """Add the controls to the encoders that ship, which stay as they are."""
    from training.export import export_controls

    export_controls(work, plan, arguments.target)


STAGES: dict[str, Callable[[Work, Plan, argparse.Namespace], None]] = {
    "fetch": fetch_stage,
    "words": words_stage,
    "voices": voices_stage,
    "pictures": pictures_stage,
    "text": text_stage,
    "speech": speech_stage,
    "evaluate": evaluate_stage,
    "export": export_stage,
    "controls": controls_stage,
}

if __name__ == "__main__":
    main()
