"""Checks of lesson 2, full fine-tuning: ``check.collate(collate)``."""

from course_utils.checks import batches, losses, schedule, sizes, steps
from course_utils.checks import progress as kept
from course_utils.checks.exercise import Exercise

LESSON = "lesson02"

collate = Exercise(
    LESSON,
    "collate",
    batches.collate,
    (
        "write down by hand what [[5, 6, 7], [8]] with pad_id 9 should become, all three parts",
        "the lengths alone give the mask and the last positions; the ids cannot, since pad_id may "
        "also be a real token",
        "start from torch.full((batch, width), pad_id) and torch.zeros(batch, width, "
        "dtype=torch.int64), and fill each row up to its length; last is length - 1",
    ),
)
answer_loss = Exercise(
    LESSON,
    "answer_loss",
    losses.answer_loss,
    (
        "which of the (batch, tokens, vocabulary) logits predict the answer?",
        "logits[torch.arange(len(last)), last] has the shape (batch, vocabulary)",
        "torch.nn.functional.cross_entropy(picked.float(), answer_ids) takes logits, and gives "
        "the mean",
    ),
)
learning_rate = Exercise(
    LESSON,
    "learning_rate",
    schedule.learning_rate,
    (
        "plot [learning_rate(step, 100, 1.0) for step in range(100)]: it should look like a tent",
        "warm_steps = max(1, round(warmup * steps)); there are two straight lines, which meet at "
        "warm_steps",
        "rising: peak * (step + 1) / warm_steps; falling: peak * (steps - step) / "
        "(steps - warm_steps)",
    ),
)
training_step = Exercise(
    LESSON,
    "training_step",
    steps.training_step,
    (
        "five things happen in one order: zero the gradients, loss, backward, clip, step",
        "torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm) clips, and returns the norm "
        "before",
        "return loss.item() and norm.item(): plain numbers keep no graph in memory",
    ),
)
bytes_per_parameter = Exercise(
    LESSON,
    "bytes_per_parameter",
    sizes.bytes_per_parameter,
    (
        "torch.float32 has 32 bits, torch.bfloat16 has 16; a byte has 8 bits",
        "Adam keeps two running numbers for each parameter, always in float32 here",
        "a bfloat16 number has 8 significant bits: a small step added to it is lost, so mixed "
        "precision adds it to a float32 master copy",
    ),
)
perplexity = Exercise(
    LESSON,
    "perplexity",
    losses.perplexity,
    (
        "the logits at position t predict the token at t + 1: which logits, and which tokens, "
        "have no partner?",
        "compare logits[:, :-1] with input_ids[:, 1:], and weigh by attention_mask[:, 1:]",
        "sum the losses of all rows, divide by the number of predicted tokens, and take exp at "
        "the end",
    ),
)
disk_bytes = Exercise(
    LESSON,
    "disk_bytes",
    sizes.disk_bytes,
    (
        "a tensor t has t.numel() numbers of t.element_size() bytes",
        "the embedding and the output head may be one tensor under two names",
        "model.parameters() gives each tensor once; model.state_dict() gives every name",
    ),
)


def progress() -> None:
    """Show the state of each exercise of the lesson: the best one ever reached."""
    exercises = ("collate", "answer_loss", "learning_rate", "training_step",
                 "bytes_per_parameter", "perplexity", "disk_bytes")  # fmt: skip
    kept.show("Lesson 2", LESSON, exercises)
