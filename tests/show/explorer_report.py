"""A small made-up report of the explorer: two starts, three moments, four tokens, odd words."""

import random

WORDS = [
    " good",
    "good",
    "Good",
    " </script><b>",
    "\n",
    "{{style}}",
    '"&quot;',
    "\u202eback",
    "a" * 40,
]
STEPS = [0, 50, 100]
TOKENS, NEIGHBOURS = 4, 5


def made_up_report():
    """Like ``recorded.explorer.recorded_explorer()``, the same each time."""
    draw = random.Random(0)
    kinds = [(0, False), (0, True), (1, False)]
    return {
        "vocabulary": WORDS,
        "chance": 0.44,
        "prompts": [
            _prompt(draw, start, *kind) for start in ("labels", "random") for kind in kinds
        ],
        "settings": {"task": "movies", "length": TOKENS, "learning_rate": 0.01, "items": 200},
        "devices": ["NVIDIA H100 80GB HBM3, 79 GiB"],
        "versions": {},
        "date": "2026-11-26",
    }


def _prompt(draw, start, seed, shuffled):
    def each(make):
        return [[make() for _ in range(TOKENS)] for _ in STEPS]

    return {
        "start": start,
        "seed": seed,
        "shuffled": shuffled,
        "steps": STEPS,
        "losses": [round(draw.uniform(0.3, 3), 3) for _ in STEPS],
        "accuracies": [round(draw.uniform(0.4, 0.9), 3) for _ in STEPS],
        "words": each(lambda: draw.sample(range(len(WORDS)), NEIGHBOURS)),
        "cosines": each(lambda: sorted(draw.choices(range(-5, 100), k=NEIGHBOURS), reverse=True)),
        "lengths": each(lambda: draw.randint(200, 600)),
        "turned": each(lambda: draw.randint(20, 100)),
    }
