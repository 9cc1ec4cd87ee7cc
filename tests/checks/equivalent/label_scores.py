"""Changes of ``label_scores`` that are right as well."""

EQUIVALENT = {
    "return logits[0, -1, label_ids].float().softmax(-1)": "one dimension: it is 0 and -1",
    "return logits[0, -1, label_ids].softmax(0)": "the scores of one item: bfloat16 will do",
    "return logits[-1, -1, label_ids].float().softmax(0)": "the batch has one row",
    "if True:": "gradients may be recorded: the lesson leaves the choice",
}
