"""The domain model: words, takes, vectors, results. Depends on numpy only."""
