"""Shared code of the course *Efficient Fine-Tuning, hands on*."""

__version__ = "0.1.0"
