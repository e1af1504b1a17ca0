"""The speech encoders: masked prediction of units, contrast of augmented clips, and pictures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy, normalize
from transformers import Wav2Vec2BertConfig, Wav2Vec2BertModel

from training.grounding import NamingHead, PictureHead, Pictures, save_head, ways_on
from training.loop import DEVICE, train
from training.partners import mined_partners
from training.plan import Plan, Shape
from training.sounds import (
    BINS,
    EXTRACTOR,
    HOPS,
    Batch,
    Floats,
    Sound,
    disguised,
    plain,
    read_sounds,
)
from training.units import own_units, spectral_units
from training.voices import HIBARI
from training.work import Work

UNITS = 256
SPAN_FRAMES = 3
MASKED_SHARE = 0.45
SEEN_WEIGHT = 0.2
GUISE_WEIGHT = 2.0
GUISE_SCALE = 15.0
SENTENCE_SHARE = 0.1
HIBARI_SHARE = 0.2
PARTNER_SHARE = 0.6
LENGTH_SPREAD = 0.1
NAMED_GUISES = 2  # augmented versions of each pictured clip for fitting the names
PICTURED_SHARES = 0.5, 0.8  # share of pictured words per step, before and in the last round
RATE = 1.5e-3


class SpeechModel(torch.nn.Module):
    """The encoder and its training heads, of which only the picture mapping is kept."""

    def __init__(self, shape: Shape, concepts: int, picture_dim: int) -> None:
        super().__init__()
        self.encoder = Wav2Vec2BertModel(config_of(shape))
        self.unit_head = torch.nn.Linear(shape.dim, UNITS)
        self.guise_head = torch.nn.Sequential(
            torch.nn.Linear(shape.dim, shape.dim), torch.nn.GELU(), torch.nn.Linear(shape.dim, 128)
        )
        self.picture_head = PictureHead(shape.dim, picture_dim)
        self.naming_head = NamingHead(shape.dim, concepts, picture_dim)

    def frames(self, heard: Batch, masked: NDArray[np.bool_]) -> torch.Tensor:
        """Return the frames of the last block, [clips, frames, dim]."""
        with torch.autocast(DEVICE.type, torch.bfloat16):
            out = self.encoder(
                heard.frames.to(DEVICE),
                attention_mask=heard.is_real.long().to(DEVICE),
                mask_time_indices=torch.from_numpy(masked).to(DEVICE),
            )
        made: torch.Tensor = out.last_hidden_state.float()
        return made

    def unit_loss(
        self, frames: torch.Tensor, masked: NDArray[np.bool_], units: NDArray[np.int64]
    ) -> torch.Tensor:
        """Loss of unit prediction from context, and with a small weight from the sound itself."""
        is_real = units >= 0
        loss = torch.zeros((), device=DEVICE)
        for part, weight in ((is_real & masked, 1.0), (is_real & ~masked, SEEN_WEIGHT)):
            guesses = self.unit_head(frames[torch.from_numpy(part)])
            loss = loss + weight * cross_entropy(guesses, torch.from_numpy(units[part]).to(DEVICE))
        return loss

    def guise_loss(self, one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        """Contrastive loss between two augmented versions of clips of the same voice."""
        a, b = (normalize(self.guise_head(vectors), dim=-1) for vectors in (one, other))
        likeness = GUISE_SCALE * a @ b.T
        own = torch.arange(len(a), device=DEVICE)
        return GUISE_WEIGHT * (cross_entropy(likeness, own) + cross_entropy(likeness.T, own)) / 2


def config_of(shape: Shape) -> Wav2Vec2BertConfig:
    """Return the configuration of the encoder for its library."""
    return Wav2Vec2BertConfig(
        hidden_size=shape.dim,
        num_hidden_layers=shape.blocks,
        num_attention_heads=shape.heads,
        intermediate_size=shape.inner,
        feature_projection_input_dim=BINS * HOPS,
        conv_depthwise_kernel_size=7,
        position_embeddings_type="relative_key",
        left_max_position_embeddings=16,
        right_max_position_embeddings=16,
        mask_time_prob=MASKED_SHARE,
        layerdrop=0.0,
        hidden_dropout=0.0,
        attention_dropout=0.0,
        activation_dropout=0.0,
        feat_proj_dropout=0.0,
        conformer_conv_dropout=0.0,
        final_dropout=0.0,
        add_adapter=False,
    )


class Playback:
    """The batches of all steps: clips of one voice, so that the voice is not informative."""

    def __init__(
        self,
        sounds: Sequence[Sound],
        units: Sequence[NDArray[np.int64]],
        partners: Sequence[NDArray[np.int64]] | None,
        pictures: Pictures,
        size: int,
    ) -> None:
        self._sounds, self._units, self._partners, self._size = sounds, units, partners, size
        self._row = {word: row for row, word in enumerate(pictures.words)}
        self._voices = sorted({sound.voice for sound in sounds} - {HIBARI})
        self._sentences = [i for i, sound in enumerate(sounds) if sound.is_sentence]
        self._lengths = np.array([len(sound.mels) for sound in sounds])
        self._words: dict[tuple[str, bool], list[int]] = {}
        for i, sound in enumerate(sounds):
            if not sound.is_sentence:
                self._words.setdefault((sound.voice, sound.name in self._row), []).append(i)

    def draw(self, chance: np.random.Generator, pictured: float) -> list[int]:
        """Choose the clips of a step: sentences, or words, a share of them with pictures."""
        if chance.random() < SENTENCE_SHARE:
            return some(self._sentences, self._size // 6 or 1, chance)
        is_hibari = chance.random() < HIBARI_SHARE
        voice = HIBARI if is_hibari else str(chance.choice(self._voices))
        count, place = round(self._size * pictured), chance.random()
        return [
            *self._alike(self._words.get((voice, True), []), count, place, chance),
            *self._alike(self._words.get((voice, False), []), self._size - count, place, chance),
        ]

    def _alike(
        self, members: Sequence[int], count: int, place: float, chance: np.random.Generator
    ) -> list[int]:
        """Choose clips of similar length, for little padding and uninformative length."""
        lengths = self._lengths[members] * np.exp(chance.normal(0, LENGTH_SPREAD, len(members)))
        first = int(place * (max(0, len(members) - count) + 1))
        return [members[i] for i in np.argsort(lengths)[first : first + count]]

    def partners(self, chosen: Sequence[int], chance: np.random.Generator) -> list[int]:
        """Return the partner of each clip: itself, or a clip matched as the same word."""
        return [
            int(chance.choice(own))
            if self._partners and len(own := self._partners[i]) and chance.random() < PARTNER_SHARE
            else i
            for i in chosen
        ]

    def sounds(self, chosen: Sequence[int]) -> list[Sound]:
        """Return the chosen clips."""
        return [self._sounds[i] for i in chosen]

    def pictured_sounds(self) -> list[Sound]:
        """Return all clips of words with a picture."""
        return [sound for sound in self._sounds if sound.name in self._row]

    def units(self, chosen: Sequence[int], origin: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the unit of each frame of a batch, -1 in padding."""
        found = np.full(origin.shape, -1)
        for row, hops, i in zip(found, origin, chosen, strict=True):
            is_real = hops >= 0
            row[is_real] = self._units[i][hops[is_real].clip(max=len(self._units[i]) - 1)]
        return found

    def pictured(self, chosen: Sequence[int]) -> tuple[list[int], torch.Tensor]:
        """Return which positions of a batch have a picture, and the row of each."""
        places = [place for place, i in enumerate(chosen) if self._sounds[i].name in self._row]
        rows = [self._row[self._sounds[chosen[place]].name] for place in places]
        return places, torch.tensor(rows, dtype=torch.long)


def some(members: Sequence[int], count: int, chance: np.random.Generator) -> list[int]:
    """Choose at most `count` different members."""
    return [members[i] for i in chance.permutation(len(members))[:count]]


def masked_spans(is_real: torch.Tensor, chance: np.random.Generator) -> NDArray[np.bool_]:
    """Choose spans of frames to mask, at least one per clip."""
    real: NDArray[np.bool_] = is_real.numpy()
    starts = chance.random(real.shape) < MASKED_SHARE / SPAN_FRAMES
    starts[np.arange(len(real)), chance.integers(0, real.sum(1))] = True
    masked = starts.copy()
    for shift in range(1, SPAN_FRAMES):
        masked[:, shift:] |= starts[:, :-shift]
    masked &= real
    return masked


def mean_vectors(frames: torch.Tensor, is_real: torch.Tensor) -> torch.Tensor:
    """Return the mean over the frames of each clip without padding, [clips, dim]."""
    own = is_real[..., None].float().to(frames.device)
    return (frames * own).sum(1) / own.sum(1)


def train_round(
    model: SpeechModel,
    capture_hidden_states: Playback,
    pictures: Pictures | None,
    *,
    steps: int,
    pictured: float,
    seed: int,
    rate: float,
    saved: Path,
) -> None:
    """Train for some steps; without `pictures` only that part of the loss is missing."""

    def loss(chance: np.random.Generator) -> dict[str, torch.Tensor]:
        chosen = capture_hidden_states.draw(chance, pictured)
        partners = capture_hidden_states.partners(chosen, chance)
        one = disguised(capture_hidden_states.sounds(chosen), chance)
        other = disguised(capture_hidden_states.sounds(partners), chance)
        masked = masked_spans(one.is_real, chance)
        heard = model.frames(one, masked)
        unmasked = np.zeros(other.is_real.shape, bool)
        whole = mean_vectors(model.frames(other, unmasked), other.is_real)
        holed = mean_vectors(heard, one.is_real)
        parts = {
            "units": model.unit_loss(
                heard, masked, capture_hidden_states.units(chosen, one.origin)
            ),
            "guises": model.guise_loss(holed, whole),
        }
        places, rows = capture_hidden_states.pictured([*chosen, *partners])
        if pictures is not None and places:
            told, shown = torch.cat([holed, whole])[places], pictures.draw(chance)
            # The linear head makes the vectors of similar-looking concepts similar.
            parts["pictures"] = model.picture_head.loss(told, rows, shown)
            parts["names"] = model.naming_head.loss(told, rows, shown)
        return parts

    train(model, loss, steps=steps, rate=rate, seed=seed, saved=saved)


def train_speech(work: Work, plan: Plan, seed: int) -> None:
    """Train a speech encoder in rounds, then its three variants."""
    folder = work.runs / "speech" / f"seed-{seed}"
    if (folder / "shuffled/config.json").exists():
        return
    sounds = read_sounds(work, plan)
    pictures, size = Pictures(work), plan.speech_steps.batch
    capture_hidden_states = Playback(
        sounds, spectral_units(work, sounds, UNITS), None, pictures, size
    )
    torch.manual_seed(seed)
    model = SpeechModel(plan.speech_shape, len(pictures.words), plan.picture_dim).to(DEVICE)

    def go_on(name: str, met: Pictures | None, steps: int, number: int) -> None:
        train_round(
            model,
            capture_hidden_states,
            met,
            steps=steps,
            pictured=PICTURED_SHARES[number == len(plan.speech_steps.rounds)],
            seed=10 * seed + number,
            rate=RATE / (1 + (number > 0)),
            saved=folder / f"{name}.safetensors",
        )
        export(model, folder / name)

    for number, steps in enumerate(plan.speech_steps.rounds):
        if number:
            capture_hidden_states = listen_again(model, sounds, pictures, size, seed=seed)
            torch.nn.init.normal_(model.unit_head.weight, std=0.02)
        go_on(f"round-{number + 1}", None, steps, number)
    start = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    named = capture_hidden_states.pictured_sounds() * NAMED_GUISES
    for name, met in ways_on(work, seed).items():
        model.load_state_dict(start)
        fit_names(model, named, met or pictures, seed=seed)
        go_on(name, met, plan.speech_steps.paired, len(plan.speech_steps.rounds))
        # Trained names are overconfident for the training voices; fitted ones generalise.
        fit_names(model, named, met or pictures, seed=seed)
        save_head(model.naming_head, folder / name)


def fit_names(
    model: SpeechModel, sounds: Sequence[Sound], pictures: Pictures, *, seed: int
) -> None:
    """Fit the naming head to the current encoder, on augmented clips."""
    chance, means = np.random.default_rng(seed), []
    with torch.inference_mode():
        for start in range(0, len(sounds), 64):
            heard = disguised(sounds[start : start + 64], chance)
            frames = model.frames(heard, np.zeros(heard.is_real.shape, bool))
            means.append(mean_vectors(frames, heard.is_real).cpu().numpy())
    own = [pictures.words.index(sound.name) for sound in sounds]
    model.naming_head.fit(np.concatenate(means), np.array(own), pictures.typical())


def listen_again(
    model: SpeechModel, sounds: Sequence[Sound], pictures: Pictures, size: int, *, seed: int
) -> Playback:
    """Derive units and partners from the current encoder."""
    block = len(model.encoder.encoder.layers) * 2 // 3
    frames: list[Floats] = []
    model.eval()
    with torch.inference_mode():
        for start in range(0, len(sounds), 64):
            heard = plain(sounds[start : start + 64])
            made = model.encoder(
                heard.frames.to(DEVICE),
                attention_mask=heard.is_real.long().to(DEVICE),
                output_hidden_states=True,
            ).hidden_states[block]
            pairs = zip(made.cpu(), heard.is_real, strict=True)
            frames += [row[own].numpy() for row, own in pairs]
    means = np.stack([clip.mean(0) for clip in frames])
    voices = [f"{sound.voice} {sound.is_sentence}" for sound in sounds]
    units = own_units(frames, sounds, UNITS, seed=seed)
    return Playback(sounds, units, mined_partners(means, voices), pictures, size)


def export(model: SpeechModel, folder: Path) -> None:
    """Write the encoder in the format of its library."""
    EXTRACTOR.save_pretrained(folder)
    model.encoder.save_pretrained(folder)
