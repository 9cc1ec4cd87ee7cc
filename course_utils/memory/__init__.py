"""Bytes in training: measured, and predicted before anything is run (lessons 2, 3 and 5)."""
