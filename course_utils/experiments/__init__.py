"""Recorded runs: trainings on a GPU whose results the lessons show beside the learner's own.

``plan`` says what is run, ``perform`` runs one of them, ``records`` keeps and reads the results,
``command`` spreads a study over processes.
"""
