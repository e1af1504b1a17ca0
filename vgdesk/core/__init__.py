"""What we talk about: words, takes, vectors, results. numpy only."""
