"""Evaluation of the encoders: one module per question, all evaluated layer by layer."""
