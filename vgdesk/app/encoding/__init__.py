"""From words to vectors: encoders, queue, worker, cache."""
