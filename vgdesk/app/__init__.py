"""Application logic: commands, projects, recording, jobs; no Qt."""
