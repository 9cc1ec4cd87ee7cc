"""Shared code of the course *Efficient Fine-Tuning, hands on*: a map, in reading order.

The way of the data, from a text to a row of the lab book:

1. ``data/``: a text becomes a **prompt** (``prompts.Prompt.render``), and prompts become
   **tokens**, in padded batches (``batches.encode``, ``batches.collate``). ``tasks`` has the texts,
   their labels and label words, in fixed splits.
2. ``model/``: the language model (``load``, which refuses what is not ``sound``), how a batch goes
   through it (``forward``, after a ``selftest`` against the model's own answers), by what it is
   known (``identity``), and how its linear layers are found and replaced (``layers``). ``tiny`` has
   models for tests.
3. ``measure/``: the model's answers become **label scores** (``scoring.label_scores``), and scores
   an **accuracy** with its interval (``evaluation.Evaluation``); also perplexity, means over seeds.
4. ``lab/``: an accuracy becomes a **row of the lab book** (``labbook.record``), and the rows a
   ``scoreboard``; also the doctor, and how lessons are run without a browser.

What changes the model between two measurements:

5. ``methods/``: what is trained instead of all weights, LoRA (lesson 3) and soft prompts
   (lesson 4), and their files.
6. ``quantisation/``: frozen weights in 4 bits (lesson 5).
7. ``training/``: one loop for all lessons (``loop.train``), and what it is made of.
8. ``memory/``: the bytes of a training step, measured and predicted (lessons 2, 3 and 5).
9. ``libraries/``: the same methods through bitsandbytes and PEFT.

What explains and shows it:

10. ``analysis/``: what training did to weights (lesson 3) and to soft prompts (lesson 4).
11. ``recorded/``: results that were measured elsewhere and ship with the course, and their readers.
12. ``show/``: figures, each together with its widget; one file a subject.
13. ``checks/``: one file an exercise, ``checks/lessonNN/NAME.py``; ``core/`` has what they share.

The ground floor, and what learners do not need:

14. ``settings`` (every ``COURSE_*`` variable, every folder), ``files`` (written whole or not at
    all), ``validate`` (settings, at the door), ``errors``, ``machine/`` (device, versions),
    ``assets/`` (model and texts, fetched once).
15. ``experiments/``: the studies whose results are recorded, on a GPU, and the benchmark.
16. ``authoring/``: from a lesson's text source to its two notebooks.
17. ``__main__``: the commands, ``python -m course_utils --help``.

A room imports only from lower layers; ``lint-imports`` holds their order (``pyproject.toml``).
"""

__version__ = "0.1.0"
