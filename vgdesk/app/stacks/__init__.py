"""From words to whole stacks and frames without a window, and their files."""
