"""What is known of words: ids, labels, pronunciations, ratings, prompts, speakers."""
