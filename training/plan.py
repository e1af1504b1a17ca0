"""Sizes of the run that made the shipped encoders, and of a small one for the tests."""

from dataclasses import dataclass, replace

TRAINING_VOICES = (
    "af_bella", "am_adam", "af_heart", "af_sarah", "am_fenrir", "am_santa",
    "af_nova", "af_nicole", "am_michael", "af_aoede", "af_kore", "bm_fable",
    "af_sarah+am_fenrir", "af_bella+bm_fable", "af_heart+am_adam", "af_nova+am_michael",
    "af_aoede+am_santa", "af_kore+am_adam", "af_nicole+am_fenrir", "af_sarah+bm_fable",
)  # fmt: skip
SHIPPED_SEED = 0
UNSEEN_VOICES = ("af_sky", "bm_lewis", "am_echo")


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of an encoder.

    Attributes
    ----------
    blocks, dim, heads, inner
        Transformer blocks; width; attention heads; width inside a feed-forward layer.
    """

    blocks: int
    dim: int
    heads: int
    inner: int


@dataclass(frozen=True, slots=True)
class Steps:
    """Training steps and batch size of one encoder.

    Attributes
    ----------
    rounds
        Steps of the rounds without pictures.
    paired
        Steps of the round that the grounded encoder spends with pictures and its partner without.
    batch
        Clips or glosses per step.
    """

    rounds: tuple[int, ...]
    paired: int
    batch: int


@dataclass(frozen=True, slots=True)
class Plan:
    """All sizes of one run of the whole chain.

    Attributes
    ----------
    concepts
        Number of concepts with pictures (None: all).
    further_words
        Number of additional spoken words without pictures.
    clips_per_concept, clips_per_further_word
        Number of training voices per word, in addition to the fast voice that says all words.
    sentences
        Number of spoken sentences for the first round of speech.
    verses
        Number of Bible verses and glosses for the text encoders (None: all).
    seeds
        The seeds; everything is run once per seed.
    """

    concepts: int | None
    further_words: int
    training_voices: tuple[str, ...]
    unseen_voices: tuple[str, ...]
    clips_per_concept: int
    clips_per_further_word: int
    sentences: int
    verses: int | None
    seeds: tuple[int, ...]
    picture_dim: int
    speech_shape: Shape
    text_shape: Shape
    speech_steps: Steps
    text_steps: Steps

    def with_seeds(self, *seeds: int) -> "Plan":
        """Return the same plan for other seeds."""
        return replace(self, seeds=seeds)


FULL = Plan(
    concepts=None,
    further_words=3000,
    training_voices=TRAINING_VOICES,
    unseen_voices=UNSEEN_VOICES,
    clips_per_concept=6,
    clips_per_further_word=2,
    sentences=1500,
    verses=None,
    seeds=(0, 1, 2),
    picture_dim=256,
    speech_shape=Shape(blocks=6, dim=192, heads=4, inner=512),
    text_shape=Shape(blocks=6, dim=192, heads=4, inner=768),
    speech_steps=Steps(rounds=(700, 350, 350), paired=250, batch=64),
    text_steps=Steps(rounds=(1000,), paired=300, batch=96),
)

SMOKE = Plan(
    concepts=12,
    further_words=6,
    training_voices=TRAINING_VOICES[:2],
    unseen_voices=UNSEEN_VOICES[:1],
    clips_per_concept=1,
    clips_per_further_word=1,
    sentences=4,
    verses=300,
    seeds=(0, 1),
    picture_dim=8,
    speech_shape=Shape(blocks=2, dim=32, heads=2, inner=64),
    text_shape=Shape(blocks=2, dim=32, heads=2, inner=64),
    speech_steps=Steps(rounds=(4, 3), paired=3, batch=8),
    text_steps=Steps(rounds=(4,), paired=3, batch=8),
)
