"""The studies on a GPU whose results the lessons show as recorded, and the benchmark.

``plan`` says what is run, ``train_and_measure`` runs one of these, ``run_study`` spreads a study
over processes. Each other module is a measurement of its own. ``recorded`` keeps the results.
"""
