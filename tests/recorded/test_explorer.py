"""The recorded explorer: what its summary counts, and that what ships is whole."""

from course_utils.recorded.explorer import Journey, recorded_explorer, summary

PROMPT = {
    "start": "labels",
    "seed": 1,
    "shuffled": True,
    "steps": [0, 7],
    "losses": [2.0, 0.5],
    "accuracies": [0.5, 0.9],
    "words": [[[0, 1], [2, 1]], [[0, 2], [1, 2]]],
    "cosines": [[[100, 40], [100, 30]], [[80, 40], [61, 30]]],
    "lengths": [[300, 200], [350, 250]],
    "turned": [[100, 100], [80, 60]],
}


def test_the_summary_is_of_the_first_and_the_last_moment():
    (journey,) = summary({"prompts": [PROMPT]})
    assert journey == Journey(
        "labels", 1, True, (0, 7), (0.5, 0.9), (2.0, 0.5), 1, 2, (1.0, 0.705), (2.5, 3.0), 0.7
    )


def test_what_ships_has_each_prompt_beside_its_control():
    report = recorded_explorer()
    kinds = {}
    for prompt in report["prompts"]:
        kinds.setdefault(prompt["start"], []).append((prompt["seed"], prompt["shuffled"]))
        moments, tokens = len(prompt["steps"]), report["settings"]["length"]
        assert len(prompt["losses"]) == len(prompt["accuracies"]) == moments
        for name in ("words", "cosines", "lengths", "turned"):
            assert [len(moment) for moment in prompt[name]] == [tokens] * moments
    both = [(0, False), (0, True)]
    assert kinds == {"labels": [*both, (1, False)], "random": both}
