"""Answers to exercise 7, disk_bytes."""

import sys


def right_parameters(model):
    return sum(p.numel() * p.element_size() for p in model.parameters())


def right_nbytes(model):
    return sum(p.nbytes for _, p in model.named_parameters())


def right_dict_by_id(model):
    unique = {id(p): p for _, p in model.named_parameters(remove_duplicate=False)}
    return sum(p.numel() * p.dtype.itemsize for p in unique.values())


def right_walk(model):
    seen, total = set(), 0
    for module in model.modules():
        for p in module.parameters(recurse=False):
            if p not in seen:
                seen.add(p)
                total += p.shape.numel() * p.element_size()
    return total


def right_by_address(model):
    names = {name for name, _ in model.named_parameters(remove_duplicate=False)}
    tensors = {}
    for name, value in model.state_dict().items():
        if name in names:
            tensors[value.data_ptr()] = value.numel() * value.itemsize
    return sum(tensors.values())


def wrong_state_dict(model):
    """Adds up the state dict, which names the shared tensor twice (and holds buffers)."""
    return sum(t.numel() * t.element_size() for t in model.state_dict().values())


def wrong_keeps_duplicates(model):
    """Asks for the duplicates too, so the shared tensor is counted twice."""
    named = model.named_parameters(remove_duplicate=False)
    return sum(p.numel() * p.element_size() for _, p in named)


def wrong_every_module(model):
    """Adds up the parameters of every module, so nested ones count again at each level."""
    total = 0
    for module in model.modules():
        total += sum(p.numel() * p.element_size() for p in module.parameters())
    return total


def wrong_count(model):
    """Counts the parameters, not their bytes."""
    return sum(p.numel() for p in model.parameters())


def wrong_four_bytes(model):
    """Takes 4 bytes a number whatever the dtype."""
    return sum(p.numel() for p in model.parameters()) * 4


def wrong_two_bytes(model):
    """Takes 2 bytes a number, as this model is in bfloat16, whatever the dtype."""
    return 2 * sum(p.numel() for p in model.parameters())


def wrong_size_of_the_first(model):
    """Uses the first parameter's element size for all: wrong where dtypes are mixed."""
    size = next(model.parameters()).element_size()
    return size * sum(p.numel() for p in model.parameters())


def wrong_trainable_only(model):
    """Leaves out frozen parameters, which are stored all the same."""
    trained = [p for p in model.parameters() if p.requires_grad]
    return sum(p.numel() * p.element_size() for p in trained)


def wrong_with_buffers(model):
    """Adds the buffers, which are not parameters."""
    tensors = [*model.parameters(), *model.buffers()]
    return sum(t.numel() * t.element_size() for t in tensors)


def wrong_megabytes(model):
    """Gives megabytes, not bytes."""
    return sum(p.numel() * p.element_size() for p in model.parameters()) / 1e6


def wrong_one_per_shape(model):
    """Takes tensors of one shape for the same tensor, so equal layers are counted once."""
    unique = {p.shape: p for p in model.parameters()}
    return sum(p.numel() * p.element_size() for p in unique.values())


def wrong_training_bytes(model):
    """Multiplies by the 16 bytes of training, not by the bytes that are stored."""
    return 16 * sum(p.numel() for p in model.parameters())


def wrong_python_size(model):
    """Measures the Python objects with sys.getsizeof, not the numbers they hold."""
    return sum(sys.getsizeof(p) for p in model.parameters())


def wrong_return_in_loop(model):
    """Returns within the loop: only the first parameter is counted."""
    total = 0
    for p in model.parameters():
        total += p.numel() * p.element_size()
        return total


SAYS = {
    "wrong_state_dict": "a tied tensor was counted under both",
    "wrong_keeps_duplicates": "a tied tensor was counted under both",
    "wrong_every_module": "modules hold one another, so most were",
    "wrong_count": "these are numbers, not bytes: multiply by",
    "wrong_four_bytes": "4 bytes were taken for every number",
    "wrong_two_bytes": "2 bytes (the first tensor's size?) were",
    "wrong_size_of_the_first": "2 bytes (the first tensor's size?) were",
    "wrong_trainable_only": "frozen parameters were left out: they are",
    "wrong_with_buffers": "the buffers were counted as well: parameters",
    "wrong_megabytes": "this is in another unit: return bytes",
    "wrong_one_per_shape": "parameters of the same shape or size",
    "wrong_training_bytes": "these are the bytes of training: on",
    "wrong_python_size": "this is the size of Python's objects",
    "wrong_return_in_loop": "only one tensor counts: is a `return`",
}
