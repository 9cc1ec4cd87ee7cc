"""What is said of the ladder's searches and seeds, of rungs whose answers are known."""

from course_utils.show.ladder_sentences import search_sentence, seed_sentences
from tests.recorded.made_up_ladder import rung
from tests.recorded.made_up_studies import FULL, LORA, SOFT

SEEDS = [
    rung(seed=0, correct="1110", loss=0.2),
    rung(seed=1, correct="1000", loss=0.9, ended="cap"),
    rung(seed=2, correct="1111", loss=0.3),
]


def test_a_best_rate_inside_those_tried_and_how_trainings_ended():
    tried = [rung(learning_rate=rate, loss=2.0) for rate in (3e-4, 3e-3)]
    found = search_sentence([*SEEDS, *tried])
    assert "by each of 1 searches: 3; best at the edge of them: 0." in found
    assert "rates: 3; ended by patience: 2, by the most steps: 1, diverged: 0." in found


def test_a_best_rate_at_the_edge_is_counted():
    more = [rung(method=FULL, learning_rate=rate, loss=rate) for rate in (1e-5, 3e-5)]
    found = search_sentence([*SEEDS, rung(learning_rate=1e-2, loss=3.0), *more])
    assert "by each of 2 searches: 2; best at the edge of them: 2." in found
    assert "by each of 2 searches: 1 to 2;" in search_sentence([*SEEDS, *more])


def test_each_number_of_labels_has_a_search_of_its_own():
    few, many = (
        [
            rung(labels=n, learning_rate=rate, loss=loss)
            for rate, loss in zip((1e-4, 3e-4, 1e-3), by)
        ]
        for n, by in ((8, (1.0, 2.0, 3.0)), (32, (2.0, 1.0, 3.0)))
    )
    found = search_sentence([*few, *many])
    assert "by each of 2 searches: 3; best at the edge of them: 1." in found


def test_a_rate_that_diverged_was_tried_too():
    lost = [rung(learning_rate=rate, ended="diverged") for rate in (1e-4, 1e-2)]
    assert "edge of them: 0." in search_sentence([*SEEDS, *lost])
    assert search_sentence(lost) == "Nothing was trained to an end."


def test_the_widest_cell_of_each_method_is_told_with_its_losses():
    near = [rung(task="pair", seed=s, correct="1110") for s in (0, 1)]
    alone = rung(method=FULL)
    even = [rung(method=SOFT, seed=s, correct="1100") for s in (0, 1)]
    soft, lora = seed_sentences([*SEEDS, *near, alone, *even])
    assert soft == f"{SOFT}: up to 0.0 points (movies, m 0M; lowest validation losses 1.000, 1.000)"
    assert lora.startswith(f"{LORA}: up to 75.0 points (movies, m 0M;")
    assert lora.endswith("lowest validation losses 0.200, 0.900, 0.300)")
