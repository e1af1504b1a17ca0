"""From the microphone to a take, and playback."""
