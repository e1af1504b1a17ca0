"""The command line: the same functions as the window, without Qt."""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from vgdesk import __version__
from vgdesk.analyses import ANALYSES, of_kind
from vgdesk.analyses.base import CurveAnalysis, Kind
from vgdesk.app.embed_work import (
    DeviceFellBack,
    EmbeddedItem,
    EmbeddingFailed,
    News,
    SpeechItem,
    TextItem,
    embed,
)
from vgdesk.app.importing import word_text
from vgdesk.app.measure_pages import measures_list, measures_page
from vgdesk.app.printed import curves_json, curves_table, similarity_json, similarity_table
from vgdesk.app.project_file import open_project
from vgdesk.app.selftest import CHECKS
from vgdesk.app.stack_file import read_stack, write_stack
from vgdesk.app.word_facts import facts_of
from vgdesk.audio.files import read, sound_files
from vgdesk.audio.speech_activity import find_word
from vgdesk.core.errors import AudioFileError, EncoderError, VgdeskError
from vgdesk.core.facts import NOTHING_KNOWN, Facts
from vgdesk.core.model import Modality, WordId
from vgdesk.core.results import LayerCurve, LayerSimilarity
from vgdesk.core.stack import Embedding, LayerStack, matched, stack_rows
from vgdesk.core.viewing import Rows
from vgdesk.encoders import ENCODERS, FAMILIES, inspect_folder, untrained_twin
from vgdesk.encoders.base import EncoderSpec, Pooling

BAD_INPUT = 2


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns its exit code: 0 if all went well, 2 if the input was at fault."""
    try:
        chosen = _parser().parse_args(arguments)
        code: int = chosen.command(chosen)
    except VgdeskError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "vgdesk",
        description="How encoders of speech and text represent words. Without arguments, or with "
        "a project folder, the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"vgdesk {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_embed(commands.add_parser("embed", help="turn words into one vector per layer"))
    _add_compare(commands.add_parser("compare", help="compare the layers of two encoders"))
    _add_score(commands.add_parser("score", help="score every layer by what is known of the words"))
    measures = commands.add_parser("measures", help="list the measures")
    measures.add_argument("--markdown", action="store_true", help="with formulas and sources")
    measures.set_defaults(command=_measures)
    models = commands.add_parser("models", help="list the encoders that can be used")
    models.set_defaults(command=_models)
    selftest = commands.add_parser("selftest", help="try what ships, one line a check")
    selftest.set_defaults(command=_selftest)
    return parser


def _add_embed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "input",
        type=Path,
        nargs="+",
        help="sound files, folders of them, a project (.vgdesk) or, for text, a list of words",
    )
    parser.add_argument(
        "--encoder", required=True, metavar="ID", help="from `vgdesk models`, or a model's folder"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.safetensors")
    parser.add_argument("--pooling", choices=[p.value for p in Pooling], default="mean")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda", "mps"], default="auto")
    parser.add_argument(
        "--untrained", action="store_true", help="the same model with random weights"
    )
    parser.set_defaults(command=_embed)


def _add_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("a", type=Path, metavar="A.safetensors")
    parser.add_argument("b", type=Path, metavar="B.safetensors")
    _add_measure(parser, Kind.LAYERS)
    parser.set_defaults(command=_compare)


def _add_score(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stacks", type=Path, nargs="+", metavar="STACK.safetensors")
    _add_measure(parser, Kind.CURVE)
    parser.set_defaults(command=_score)


def _add_measure(parser: argparse.ArgumentParser, kind: Kind) -> None:
    ids = [analysis.id for analysis in of_kind(kind)]
    parser.add_argument("--measure", choices=ids, default=ids[0], metavar="ID")
    parser.add_argument(
        "--words", type=Path, metavar="PROJECT.vgdesk", help="the list that the words are from"
    )
    parser.add_argument("--label", default="category", help="the label column to score")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print everything as JSON")


def _embed(chosen: argparse.Namespace) -> int:
    spec = _find_encoder(chosen.encoder)
    if chosen.untrained:
        spec = untrained_twin(spec)
    rows = list(_distinct(_rows(chosen.input, spec.modality)))
    if not rows:
        raise VgdeskError("Nothing to encode was found there.", "Give sound files or words.")
    items = tuple(item for _word, item in rows)
    words = {item.row: word for word, item in rows}
    found = embed(
        spec, items, cache_folder=None, device=chosen.device, pooling=Pooling(chosen.pooling)
    )
    done = {item.row: item.embedding for item in _heard(found)}
    in_order = [(row, words[row], [done[row]]) for row in words if row in done]
    stack = stack_rows(in_order, encoder=spec.id)
    if stack is None:
        raise VgdeskError("None of the words could be encoded.", "See the lines above.")
    write_stack(chosen.out, stack)
    layers, count, dim = stack.values.shape
    sys.stdout.write(f"{chosen.out}: {count} rows, {layers} layers of {dim}, {spec.title}\n")
    return 0 if len(done) == len(rows) else BAD_INPUT


def _heard(found: Iterator[News]) -> Iterator[EmbeddedItem]:
    for value in found:
        if isinstance(value, EmbeddedItem):
            yield value
        elif isinstance(value, EmbeddingFailed):
            sys.stderr.write(f"{value.row}: {value.error}\n")
        elif isinstance(value, DeviceFellBack):
            sys.stderr.write(f"{value.sentence}\n")


def _rows(
    inputs: Sequence[Path], modality: Modality
) -> Iterator[tuple[WordId, SpeechItem | TextItem]]:
    """List the rows of all inputs, each with the word that it stands for."""
    for path in inputs:
        if path.suffix == ".vgdesk":
            yield from _project_rows(path, modality)
        elif modality is Modality.SPEECH:
            yield from _sound_rows(path)
        else:
            yield from _text_rows(path)


def _distinct(
    rows: Iterable[tuple[WordId, SpeechItem | TextItem]],
) -> Iterator[tuple[WordId, SpeechItem | TextItem]]:
    """Tell rows of one name apart by numbers: two folders may hold files of the same name."""
    seen: Counter[str] = Counter()
    for word, item in rows:
        seen[item.row] += 1
        times = seen[item.row]
        yield word, item if times == 1 else replace(item, row=f"{item.row} ({times})")


def _project_rows(
    folder: Path, modality: Modality
) -> Iterator[tuple[WordId, SpeechItem | TextItem]]:
    session = open_project(folder).session
    if modality is Modality.TEXT:
        for word in session.words.values():
            yield word.id, TextItem(word.id, word.text)
        return
    for take in session.takes.values():
        yield take.word, SpeechItem(take.id, take.file, take.start, take.end)


def _sound_rows(path: Path) -> Iterator[tuple[WordId, SpeechItem | TextItem]]:
    if not path.exists():
        raise VgdeskError(f"{path} does not exist.", "Check the name.")
    for file in sound_files([path]):
        start, end = _trim(file)
        yield WordId(word_text(file)), SpeechItem(file.stem, file, start, end)


def _trim(file: Path) -> tuple[float, float | None]:
    try:
        return find_word(read(file)) or (0.0, None)
    except AudioFileError:
        return 0.0, None  # said once, by the encoder, while the other files go on


def _text_rows(path: Path) -> Iterator[tuple[WordId, SpeechItem | TextItem]]:
    # For a text encoder the names of sound files are the words, so that both sides can be compared.
    try:
        lines = (
            [word_text(file) for file in sound_files([path])]
            if path.is_dir()
            else path.read_text(encoding="utf-8-sig").splitlines()
        )
    except (OSError, UnicodeDecodeError) as error:
        raise VgdeskError(
            f"{path} could not be read as a list of words.", "Give a UTF-8 file, one word a line."
        ) from error
    for line in dict.fromkeys(line.strip() for line in lines):
        if line:
            yield WordId(line), TextItem(line, line)


def _find_encoder(name: str) -> EncoderSpec:
    if name in ENCODERS:
        return ENCODERS[name]
    folder = Path(name)
    if folder.is_dir():
        return inspect_folder(folder, is_grounded=False)
    raise EncoderError(
        f"There is no encoder “{name}”.",
        f"Ready are {', '.join(ENCODERS)}; or give the folder of a model.",
    )


def _compare(chosen: argparse.Namespace) -> int:
    a, b = matched(_by_word(read_stack(chosen.a)), _by_word(read_stack(chosen.b)))
    measure = ANALYSES[chosen.measure]
    result: LayerSimilarity = measure.compute(a, b, _facts(chosen), chosen.seed)
    sys.stdout.write(similarity_json(result) if chosen.json else similarity_table(result))
    return 0


def _score(chosen: argparse.Namespace) -> int:
    measure, facts = ANALYSES[chosen.measure], _facts(chosen)
    assert isinstance(measure, CurveAnalysis)
    curves: list[LayerCurve] = []
    for file in chosen.stacks:
        stack = read_stack(file)
        curves += measure.compute(
            _by_word(stack) if measure.rows is Rows.WORDS else stack, facts, chosen.seed
        )
    sys.stdout.write(curves_json(curves) if chosen.json else curves_table(curves))
    return 0


def _measures(chosen: argparse.Namespace) -> int:
    sys.stdout.write(measures_page() if chosen.markdown else measures_list())
    return 0


def _facts(chosen: argparse.Namespace) -> Facts:
    if chosen.words is None:
        return NOTHING_KNOWN
    return facts_of(open_project(chosen.words).session, chosen.label)


def _by_word(stack: LayerStack) -> LayerStack:
    """Average the takes of a word: words are what two encoders have in common."""
    rows: dict[WordId, list[Embedding]] = {}
    for place, word in enumerate(stack.words):
        one = Embedding(stack.rows[place], stack.encoder, stack.layers, stack.values[:, place])
        rows.setdefault(word, []).append(one)
    merged = stack_rows([(w, w, found) for w, found in rows.items()], encoder=stack.encoder)
    assert merged is not None  # a file without rows is refused when it is read
    return merged


def _models(_chosen: argparse.Namespace) -> int:
    for spec in ENCODERS.values():
        sys.stdout.write(
            f"{spec.id}\t{spec.modality.value}\t{len(spec.layers)} layers of {spec.dim}\t"
            f"{spec.title}\n"
        )
    names = ", ".join(family.title for family in FAMILIES.values())
    sys.stdout.write(f"From a folder with config.json and safetensors: {names}\n")
    return 0


def _selftest(_chosen: argparse.Namespace) -> int:
    failures = 0
    for name, check in CHECKS.items():
        failures += not _passes(name, check)
    return 1 if failures else 0


def _passes(name: str, check: Callable[[], str]) -> bool:
    try:
        found = check()
    except VgdeskError as error:
        sys.stdout.write(f"FAIL  {name}: {error}\n")
        return False
    sys.stdout.write(f"ok    {name}: {found}\n")
    return True
