"""The command `vgdesk gate`: recognition of a word from ever longer parts."""

import argparse
import sys
from pathlib import Path

from vgdesk.analyses.retrieval.gating import GATING
from vgdesk.app.commands.text_tables import as_json, gating_table
from vgdesk.app.encoding.embedding_messages import SpeechItem
from vgdesk.app.encoding.encoder_registry import find_encoder
from vgdesk.app.encoding.gated_sounds import gates_of, seconds_of
from vgdesk.app.exchange.word_lists import open_words
from vgdesk.app.stacks.inputs import listed_rows, sound_rows
from vgdesk.app.stacks.stack_builder import Making, encode, place_of_layer
from vgdesk.app.words.word_facts import facts_of
from vgdesk.core.details import GatingResult
from vgdesk.core.errors import VgdeskError
from vgdesk.core.gates import Condition, Heard, gate_times
from vgdesk.core.model import Modality, Session, TakeId, WordId
from vgdesk.encoders.base import EncoderSpec

CONTROLS = [condition.value for condition in Condition if condition is not Condition.START]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command, except those for encoding."""
    parser.add_argument("take", metavar="TAKE", help="id of a take in the list, or a sound file")
    parser.add_argument(
        "--encoder", required=True, metavar="ID", help="a speech encoder from `vgdesk models`"
    )
    parser.add_argument(
        "--words", required=True, metavar="LIST", help="a project or a table with recordings"
    )
    parser.add_argument("--layer", help="name of the layer; the last one if not given")
    parser.add_argument(
        "--control", nargs="+", choices=CONTROLS, default=[], help="control conditions to add"
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")


def gate(chosen: argparse.Namespace, making: Making) -> int:
    """Print the rank of a word at each of its gates."""
    conditions = [Condition.START, *map(Condition, chosen.control)]
    results = heard_words(chosen, making, conditions)
    sys.stdout.write(as_json(*results) if chosen.json else gating_table(results))
    return 0


def heard_words(
    chosen: argparse.Namespace, making: Making, conditions: list[Condition]
) -> list[GatingResult]:
    """Gate one take under several conditions."""
    spec, session = _encoder(chosen.encoder), open_words(chosen.words)
    word, item = _find(chosen.take, session)
    takes, _ = encode(spec, list(listed_rows(session, Modality.SPEECH)), making)
    layer = place_of_layer(takes, chosen.layer) if chosen.layer else len(takes.layers) - 1
    facts, seconds = facts_of(session, ""), seconds_of(item)
    results = []
    for condition in conditions:
        gates = [(word, part) for part in gates_of(item, seconds, condition)]
        stack, is_whole = encode(spec, gates, making)
        if not is_whole:
            raise VgdeskError("Part of the word could not be encoded.", "See the messages above.")
        heard = Heard(word, item.row, condition, gate_times(seconds))
        results.append(GATING.compute(stack, takes, heard, layer, facts, 0))
    return results


def _encoder(name: str) -> EncoderSpec:
    spec = find_encoder(name)
    if spec.modality is not Modality.SPEECH:
        raise VgdeskError(f"“{spec.title}” is a text encoder.", "Choose a speech encoder.")
    return spec


def _find(name: str, session: Session) -> tuple[WordId, SpeechItem]:
    """Return word and sound of a take in the list, or of a file named after its word."""
    file = Path(name)
    for take in session.takes.values():
        if take.id == TakeId(name) or (file.exists() and take.file == file.absolute()):
            return take.word, SpeechItem(take.id, take.file, take.start, take.end)
    if not file.is_file():
        raise VgdeskError(
            f"“{name}” is neither a take in the list nor a sound file.", "Check the name."
        )
    ((text, item),) = sound_rows(file)
    for word in session.words.values():
        if text.casefold() in (word.id.casefold(), word.text.casefold()):
            return word.id, item
    raise VgdeskError(
        f"“{text}” is not in the word list.", "Name the file after the word it contains."
    )
