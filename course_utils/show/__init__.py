"""Figures, each together with its widget; one file a subject."""
