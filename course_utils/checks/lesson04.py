"""Checks of lesson 4, prompt tuning: ``check.SoftPrompt(SoftPrompt)``."""

from course_utils.checks import components, freezing, soft_prompts, votes, words
from course_utils.checks import progress as kept
from course_utils.checks.exercise import Exercise

LESSON = "lesson04"

SoftPrompt = Exercise(
    LESSON,
    "SoftPrompt",
    soft_prompts.SoftPrompt,
    (
        "__init__ keeps one nn.Parameter; forward puts it before every row of the batch",
        "nn.Parameter(init.float().clone()): float32, and memory of its own",
        "in forward: rows = self.embedding.expand(len(embeddings), -1, -1), then "
        "torch.cat([rows, embeddings], dim=1)",
    ),
)
extend = Exercise(
    LESSON,
    "extend",
    soft_prompts.extend,
    (
        "write down by hand what [[1, 1, 1], [1, 0, 0]] and [2, 0] become with 2 soft tokens",
        "the prompt stands before the tokens, so every token moves to the right by `length`",
        "attention_mask.new_ones(batch, length) has the mask's dtype; concatenate it along dim=1",
    ),
)
freeze = Exercise(
    LESSON,
    "freeze",
    freezing.freeze,
    (
        "which tensors should training change, and which not?",
        "module.requires_grad_(False), with an underscore at its end, reaches all parameters of a "
        "module; the soft prompt may be a part of the model, so mind the order",
        "sum(p.numel() for p in soft_prompt.parameters()) counts numbers, not tensors",
    ),
)
label_init = Exercise(
    LESSON,
    "label_init",
    words.label_init,
    (
        "with the labels [9, 4] and length 5, the words are 9, 4, 9, 4, 9",
        "label_ids[i % len(label_ids)] begins again after the last label",
        "table[ids] with a list of ids copies these rows; .float() makes them float32",
    ),
)
nearest = Exercise(
    LESSON,
    "nearest",
    words.nearest,
    (
        "vectors @ table.T has all dot products: (n, vocabulary)",
        "the cosine is the dot product of rows scaled to length 1: normalize(table, dim=1); "
        "torch.cdist(vectors, table) has all Euclidean distances",
        "topk(k, dim=1).indices gives the largest first; topk(k, dim=1, largest=False) the "
        "smallest, which are the nearest for a distance",
    ),
)
snap = Exercise(
    LESSON,
    "snap",
    words.snap,
    (
        "two steps: the id of each vector's nearest word, then that word's row",
        "the nearest by cosine needs normalised rows; what is returned does not",
        "ids = (normalize(vectors, dim=1) @ normalize(table, dim=1).T).argmax(1); table[ids]",
    ),
)
pca = Exercise(
    LESSON,
    "pca",
    components.pca,
    (
        "first subtract the mean of each column",
        "torch.linalg.svd(centred, full_matrices=False) gives U, S, Vh; the rows of Vh are the "
        "principal components, that of most variance first",
        "the coordinates are centred @ Vh[:k].T",
    ),
)
majority_vote = Exercise(
    LESSON,
    "majority_vote",
    votes.majority_vote,
    (
        "each column holds the votes on one text",
        "torch.nn.functional.one_hot(predictions) is (prompts, texts, labels): sum it over the "
        "prompts",
        "argmax gives the first of several equal numbers: that of the lowest label",
    ),
)


def progress() -> None:
    """Show the state of each exercise of the lesson: the best one ever reached."""
    exercises = ("SoftPrompt", "extend", "freeze", "label_init", "nearest", "snap", "pca",
                 "majority_vote")  # fmt: skip
    kept.show("Lesson 4", LESSON, exercises)
