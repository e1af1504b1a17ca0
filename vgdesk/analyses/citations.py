"""Sources that several measures cite."""

# The study that measured these silhouettes of encoders with and without visual grounding.
STUDY = (
    "Sauter, Zuidema and de Heer Kloots (2025), The curious case of visual grounding: different "
    "effects for speech- and text-based language encoders"
)
