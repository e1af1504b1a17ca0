"""The text encoders: a small BERT with masked language modelling, and pictures."""

from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import cross_entropy
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from training.corpus import glosses
from training.grounding import PictureHead, Pictures, save_head, ways_on
from training.loop import DEVICE, train
from training.plan import Plan, Shape
from training.tokens import encode_corpus, make_tokenizer, word_vectors
from training.work import Work

MASKED_SHARE = 0.2
RATE = 1e-3
LONGEST_TOKENS = 64
POOL_BATCHES = 16


class TextModel(torch.nn.Module):
    """The encoder and its training heads, of which only the picture mapping is kept."""

    def __init__(self, shape: Shape, vectors: torch.Tensor, picture_dim: int) -> None:
        super().__init__()
        self.encoder = BertModel(config_of(shape, len(vectors)), add_pooling_layer=False)
        self.encoder.embeddings.word_embeddings.weight.data.copy_(vectors)
        self.gap_head = torch.nn.Sequential(
            torch.nn.Linear(shape.dim, shape.dim), torch.nn.GELU(), torch.nn.LayerNorm(shape.dim)
        )
        self.gap_bias = torch.nn.Parameter(torch.zeros(len(vectors)))
        self.picture_head = PictureHead(shape.dim, picture_dim)

    def states(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return the vectors of the last block, [lines, tokens, dim]; token 0 is padding."""
        tokens = tokens.to(DEVICE)
        with torch.autocast(DEVICE.type, torch.bfloat16):
            out = self.encoder(tokens, attention_mask=(tokens != 0).long())
        made: torch.Tensor = out.last_hidden_state.float()
        return made

    def gap_loss(
        self, tokens: torch.Tensor, chance: np.random.Generator, mask: int
    ) -> torch.Tensor:
        """Loss of predicting the masked tokens of lines."""
        hidden, chosen = with_gaps(tokens, chance, mask, len(self.gap_bias))
        guessed = self.gap_head(self.states(hidden)[chosen])
        table = self.encoder.embeddings.word_embeddings.weight
        with torch.autocast(DEVICE.type, torch.bfloat16):
            scores = guessed @ table.T
        return cross_entropy(scores.float() + self.gap_bias, tokens[chosen].to(DEVICE))

    def mean_vectors(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return the mean over the tokens of each line, without special tokens; [lines, dim]."""
        own = (tokens != 0).float()
        own[:, 0] = 0
        own[torch.arange(len(tokens)), (tokens != 0).sum(1) - 1] = 0
        own = own.to(DEVICE)
        return (self.states(tokens) * own[..., None]).sum(1) / own.sum(1, keepdim=True)


def config_of(shape: Shape, pieces: int) -> BertConfig:
    """Return the configuration of the encoder for its library."""
    return BertConfig(
        vocab_size=pieces,
        hidden_size=shape.dim,
        num_hidden_layers=shape.blocks,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        max_position_embeddings=LONGEST_TOKENS,
        type_vocab_size=1,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )


def with_gaps(
    tokens: torch.Tensor, chance: np.random.Generator, mask: int, pieces: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mask some tokens: most by the mask token, some by another token, some not at all.

    Returns
    -------
    tuple
        The masked tokens, and which of them to predict (Devlin et al. 2019, section 3.1).
    """
    lots = torch.from_numpy(chance.random(tokens.shape))
    chosen = (lots < MASKED_SHARE) & (tokens > mask)
    chosen[:, 1] |= (tokens[:, 1] > mask) & (
        lots[:, 0] < 0.5
    )  # the headword, which glosses explain
    kinds = torch.from_numpy(chance.random(tokens.shape))
    others = torch.from_numpy(chance.integers(mask + 1, pieces, tokens.shape))
    hidden = torch.where(chosen & (kinds < 0.8), mask, tokens)
    return torch.where(chosen & (kinds > 0.9), others, hidden), chosen


class Reading:
    """The batches of all steps: lines of similar length."""

    def __init__(self, work: Work, plan: Plan) -> None:
        self._tokens, self._starts = encode_corpus(work, plan)
        self._size = plan.text_steps.batch

    def draw(self, chance: np.random.Generator) -> torch.Tensor:
        """Draw lines of similar length, for little padding."""
        lines = len(self._starts) - 1
        drawn = chance.integers(0, lines, self._size * POOL_BATCHES)
        lengths = np.diff(self._starts)[drawn]
        ordered = drawn[np.argsort(lengths, kind="stable")]
        first = chance.integers(0, POOL_BATCHES) * self._size
        return padded(
            [
                self._tokens[self._starts[line] : self._starts[line + 1]]
                for line in ordered[first : first + self._size]
            ]
        )


def padded(lines: list[np.ndarray]) -> torch.Tensor:
    """Stack lines of tokens, padded with zeros."""
    table = np.zeros((len(lines), max(map(len, lines))), np.int64)
    for row, line in zip(table, lines, strict=True):
        row[: len(line)] = line
    return torch.from_numpy(table)


class Naming:
    """The pictured words and their glosses, as tokens."""

    def __init__(self, work: Work, tokenizer: PreTrainedTokenizerFast, words: list[str]) -> None:
        known = glosses(work)
        self._words = [np.array(tokenizer(word)["input_ids"]) for word in words]
        self._glosses = [
            np.array(tokenizer(known.get(word, word), truncation=True, max_length=32)["input_ids"])
            for word in words
        ]

    def draw(
        self, size: int, chance: np.random.Generator
    ) -> tuple[list[torch.Tensor], torch.Tensor]:
        """Draw words; return them and a part of their glosses, with the row of each."""
        rows = chance.permutation(len(self._words))[: size + size // 3]
        named, told = rows[:size], rows[size:]
        lines = [padded([self._words[row] for row in named])]
        if len(told):
            lines.append(padded([self._glosses[row] for row in told]))
        return lines, torch.from_numpy(rows)


def train_text(work: Work, plan: Plan, seed: int) -> None:
    """Train a text encoder, then its three variants."""
    folder = work.runs / "text" / f"seed-{seed}"
    if (folder / "shuffled/config.json").exists():
        return
    tokenizer = make_tokenizer(work, plan)
    vectors = torch.from_numpy(word_vectors(work, plan, plan.text_shape.dim))
    reading = Reading(work, plan)
    naming = Naming(work, tokenizer, Pictures(work).words)
    torch.manual_seed(seed)
    model = TextModel(plan.text_shape, vectors, plan.picture_dim).to(DEVICE)

    def go_on(name: str, met: Pictures | None, steps: int, number: int) -> None:
        def loss(chance: np.random.Generator) -> dict[str, torch.Tensor]:
            lines = reading.draw(chance)
            parts = {"gaps": model.gap_loss(lines, chance, tokenizer.mask_token_id)}
            if met is not None:
                named, rows = naming.draw(plan.text_steps.batch, chance)
                told = torch.cat([model.mean_vectors(part) for part in named])
                parts["pictures"] = model.picture_head.loss(told, rows, met.draw(chance))
            return parts

        rate = RATE / (1 + number)
        saved = folder / f"{name}.safetensors"
        train(model, loss, steps=steps, rate=rate, seed=10 * seed + number, saved=saved)
        export(model, tokenizer, folder / name)
        if met is not None:
            save_head(model.picture_head, folder / name)

    for number, steps in enumerate(plan.text_steps.rounds, 1):
        go_on(f"round-{number}", None, steps, 0)
    start = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    for name, met in ways_on(work, seed).items():
        model.load_state_dict(start)
        go_on(name, met, plan.text_steps.paired, 1)


def export(model: TextModel, tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write the encoder in the format of its library."""
    tokenizer.save_pretrained(folder)
    model.encoder.save_pretrained(folder)
