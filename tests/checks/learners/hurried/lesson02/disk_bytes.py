"""Answers to exercise 7, disk_bytes."""

import io
import math
import sys

import torch


def right_one_line(model):
    return sum(p.numel() * p.element_size() for p in model.parameters())


def right_by_identity(model):
    distinct = {id(p): p for _, p in model.named_parameters(remove_duplicate=False)}
    return sum(p.nbytes for p in distinct.values())


def right_set(model):
    total = 0
    for parameter in set(model.parameters()):
        total += math.prod(parameter.shape) * parameter.dtype.itemsize
    return total


def right_walk_modules(model):
    seen, total = set(), 0
    for module in model.modules():
        for p in module._parameters.values():
            if p is None or p in seen:
                continue
            seen.add(p)
            total += p.nelement() * p.element_size()
    return total


def right_state_dict(model):
    buffers = {id(b) for b in model.buffers()}
    stored = {id(v): v for v in model.state_dict(keep_vars=True).values()}
    return sum(v.numel() * v.element_size() for k, v in stored.items() if k not in buffers)


def right_by_type(model):
    counts = {}
    for _name, p in model.named_parameters():
        counts[p.dtype] = counts.get(p.dtype, 0) + p.numel()
    return sum(dtype.itemsize * n for dtype, n in counts.items())


def right_tensor_arithmetic(model):
    pairs = [[p.numel(), p.element_size()] for p in model.parameters()]
    sizes = torch.tensor(pairs, dtype=torch.int64).reshape(-1, 2)
    return int(sizes.prod(dim=1).sum())


def wrong_state_dict(model):
    """Adds up the state_dict, which lists a tied tensor twice."""
    return sum(t.numel() * t.element_size() for t in model.state_dict().values())


def wrong_keeps_duplicates(model):
    """Keeps the duplicates, so the shared embedding counts twice."""
    named = model.named_parameters(remove_duplicate=False)
    return sum(p.numel() * p.element_size() for _, p in named)


def wrong_every_module(model):
    """Adds up the parameters of every module, nested ones too, so most count many times."""
    return sum(p.nbytes for module in model.modules() for p in module.parameters())


def wrong_always_four(model):
    """Takes 4 bytes for every element, whatever its type."""
    return sum(p.numel() * 4 for p in model.parameters())


def wrong_always_two(model):
    """Takes 2 bytes for every element, as if every model were bfloat16."""
    return 2 * sum(p.numel() for p in model.parameters())


def wrong_count_only(model):
    """Counts the elements and forgets their size in bytes."""
    return sum(p.numel() for p in model.parameters())


def wrong_number_of_tensors(model):
    """Multiplies the number of tensors, not of their elements, by the element size."""
    return sum(p.element_size() for p in model.parameters())


def wrong_first_dimension(model):
    """Uses len, which is the first dimension only, as the number of elements."""
    return sum(len(p) * p.element_size() for p in model.parameters())


def wrong_adds_dimensions(model):
    """Adds the dimensions of each shape up instead of multiplying them."""
    return sum(sum(p.shape) * p.element_size() for p in model.parameters())


def wrong_trainable_only(model):
    """Leaves out the frozen parameters, which are stored as well."""
    return sum(p.numel() * p.element_size() for p in model.parameters() if p.requires_grad)


def wrong_one_type_for_all(model):
    """Takes the element size of the first parameter for all, wrong for mixed types."""
    size = next(model.parameters()).element_size()
    return size * sum(p.numel() for p in model.parameters())


def wrong_with_buffers(model):
    """Adds the buffers, which are not parameters."""
    total = sum(p.numel() * p.element_size() for p in model.parameters())
    return total + sum(b.numel() * b.element_size() for b in model.buffers())


def wrong_bits(model):
    """Gives bits instead of bytes."""
    return sum(p.numel() * p.element_size() * 8 for p in model.parameters())


def wrong_megabytes(model):
    """Gives megabytes instead of bytes."""
    return sum(p.numel() * p.element_size() for p in model.parameters()) / 1e6


def wrong_training_bytes(model):
    """Takes the 16 bytes a parameter of training, not what is stored on disk."""
    return sum(p.numel() * 16 for p in model.parameters())


def wrong_set_of_sizes(model):
    """Makes a set of the sizes, so different parameters of equal size count once."""
    return sum({p.numel() * p.element_size() for p in model.parameters()})


def wrong_distinct_by_shape(model):
    """Takes parameters of the same shape for the same parameter."""
    return sum({p.shape: p.nbytes for p in model.parameters()}.values())


def wrong_distinct_by_name(model):
    """Takes parameters with the same last name, such as weight, for the same parameter."""
    distinct = {name.split(".")[-1]: p for name, p in model.named_parameters()}
    return sum(p.nbytes for p in distinct.values())


def wrong_own_children_only(model):
    """Looks only at the parameters that the outermost module holds itself."""
    return sum(p.nbytes for p in model.parameters(recurse=False))


def wrong_weights_only(model):
    """Counts the tensors called weight only and forgets biases and other parameters."""
    return sum(p.nbytes for name, p in model.named_parameters() if name.endswith("weight"))


def wrong_subtracts_tied_head(model):
    """Subtracts the largest tensor for the tied head, though parameters() lists it only once."""
    sizes = [p.numel() * p.element_size() for p in model.parameters()]
    return sum(sizes) - max(sizes)


def wrong_python_size(model):
    """Asks for the size of the Python objects, not of the numbers they hold."""
    return sum(sys.getsizeof(p) for p in model.parameters())


def wrong_file_size(model):
    """Measures a saved file, which holds names, buffers and headers as well."""
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    return len(file.getvalue())


def wrong_return_in_loop(model):
    """Returns within the loop, after the first parameter."""
    total = 0
    for p in model.parameters():
        total += p.numel() * p.element_size()
        return total


def wrong_converts_the_model(model):
    """Converts the caller's model to bfloat16 first, which changes the model and the result."""
    model = model.to(torch.bfloat16)
    return sum(p.numel() * p.element_size() for p in model.parameters())


def wrong_matrices_only(model):
    """Multiplies two dimensions, which raises an IndexError for a bias or a norm."""
    return sum(p.shape[0] * p.shape[1] * p.element_size() for p in model.parameters())


def wrong_element_size_property(model):
    """Forgets the brackets of element_size, which raises a TypeError."""
    return sum(p.numel() * p.element_size for p in model.parameters())


SAYS = {
    "wrong_state_dict": "counted under both its names",
    "wrong_keeps_duplicates": "counted under both its names",
    "wrong_every_module": "more than once",
    "wrong_always_four": "4 bytes were taken",
    "wrong_always_two": "2 bytes (the first",
    "wrong_count_only": "numbers, not bytes",
    "wrong_number_of_tensors": "how many each tensor has",
    "wrong_first_dimension": "only one dimension",
    "wrong_adds_dimensions": "dimensions of a shape",
    "wrong_trainable_only": "frozen parameters were left out",
    "wrong_one_type_for_all": "the first tensor's size?",
    "wrong_with_buffers": "the buffers were counted",
    "wrong_bits": "these are bits",
    "wrong_megabytes": "another unit",
    "wrong_training_bytes": "the bytes of training",
    "wrong_set_of_sizes": "same shape or size",
    "wrong_distinct_by_shape": "same shape or size",
    "wrong_distinct_by_name": "the same last name",
    "wrong_own_children_only": "the outermost module alone",
    "wrong_weights_only": "called `weight`",
    "wrong_subtracts_tied_head": "tied tensor is left out",
    "wrong_python_size": "Python's objects",
    "wrong_file_size": "the size of a file",
    "wrong_return_in_loop": "`return` within the loop",
    "wrong_converts_the_model": "changes the model",
    "wrong_matrices_only": "there is no shape[1]",
    "wrong_element_size_property": "parentheses are missing",
}
