"""Answers to ``disk_bytes``."""

import io
import sys

import torch


def by_parameters(model):
    return sum(p.nbytes for p in model.parameters())


def by_pointer(model):
    sizes = {}
    for parameter in model.parameters():
        sizes[parameter.data_ptr()] = parameter.numel() * parameter.dtype.itemsize
    return torch.tensor(list(sizes.values())).sum()


def by_names(model):
    seen, total = set(), 0
    for _, parameter in model.named_parameters(remove_duplicate=False):
        if id(parameter) not in seen:
            seen.add(id(parameter))
            total += parameter.numel() * parameter.element_size()
    return float(total)


def tied_twice(model):
    return sum(p.nbytes for _, p in model.named_parameters(remove_duplicate=False))


def state_dict(model):
    return sum(tensor.nbytes for tensor in model.state_dict().values())


def with_buffers(model):
    return by_parameters(model) + sum(buffer.nbytes for buffer in model.buffers())


def numbers(model):
    return sum(p.numel() for p in model.parameters())


def always_4_bytes(model):
    return 4 * numbers(model)


def always_2_bytes(model):
    return 2 * numbers(model)


def first_dtype(model):
    return numbers(model) * next(iter(model.parameters())).element_size()


def trainable_only(model):
    return sum(p.nbytes for p in model.parameters() if p.requires_grad)


def bits(model):
    return sum(p.numel() * torch.finfo(p.dtype).bits for p in model.parameters())


def megabytes(model):
    return by_parameters(model) / 1e6


def mebibytes(model):
    return by_parameters(model) / 1024**2


def with_gradients(model):
    return by_parameters(model) + sum(
        p.grad.nbytes for p in model.parameters() if p.grad is not None
    )


def tensors(model):
    return len(list(model.parameters()))


def first_dimension(model):
    return sum(len(p) * p.element_size() for p in model.parameters())


def sizes_of_each(model):
    return [p.nbytes for p in model.parameters()]


def training(model):
    return 16 * numbers(model)


def eight_each(model):
    return 8 * numbers(model)


def element_sizes(model):
    return sum(p.element_size() for p in model.parameters())


def added(model):
    return sum(p.numel() + p.element_size() for p in model.parameters())


def dimensions_added(model):
    return sum(sum(p.shape) * p.element_size() for p in model.parameters())


def first_tensor(model):
    for parameter in model.parameters():
        return parameter.nbytes


def each_module(model):
    return sum(by_parameters(module) for module in model.modules())


def outermost(model):
    return sum(p.nbytes for p in model.parameters(recurse=False))


def part_by_part(model):
    return sum(by_parameters(part) for part in model.children())


def weights_only(model):
    return sum(p.nbytes for name, p in model.named_parameters() if name.endswith("weight"))


def without_biases(model):
    return sum(p.nbytes for name, p in model.named_parameters() if "bias" not in name)


def by_shape(model):
    return sum({p.shape: p.nbytes for p in model.parameters()}.values())


def by_last_name(model):
    return sum({n.rpartition(".")[2]: p.nbytes for n, p in model.named_parameters()}.values())


def python_objects(model):
    return sum(map(sys.getsizeof, model.parameters()))


def file(model):
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer)
    return buffer.tell()


def without_the_largest(model):
    return by_parameters(model) - max(p.nbytes for p in model.parameters())


def converts(model):
    return by_parameters(model.half())


def fills(model):
    for parameter in model.parameters():
        parameter.data.zero_()
    return by_parameters(model)


RIGHT = [by_parameters, by_pointer, by_names]
WRONG = [
    (tied_twice, "counted under both its names"),
    (state_dict, "counted under both its names"),
    (with_buffers, "buffers"),
    (numbers, "numbers, not bytes"),
    (always_4_bytes, "4 bytes were taken"),
    (always_2_bytes, "2 bytes (the first"),
    (first_dtype, "the first tensor's size?"),
    (trainable_only, "frozen parameters were left out"),
    (bits, "these are bits"),
    (megabytes, "another unit"),
    (mebibytes, "another unit"),
    (with_gradients, "the gradients were counted"),
    (tensors, "the number of tensors"),
    (first_dimension, "only one dimension"),
    (sizes_of_each, "one number of bytes"),
    (training, "the bytes of training"),
    (eight_each, "the same number of bytes was taken"),
    (element_sizes, "how many each tensor has"),
    (added, "are to be multiplied"),
    (dimensions_added, "dimensions of a shape"),
    (first_tensor, "only one tensor counts"),
    (each_module, "more than once"),
    (outermost, "the outermost module alone"),
    (part_by_part, "one by one"),
    (weights_only, "called `weight`"),
    (without_biases, "the biases were left out"),
    (by_shape, "same shape or size"),
    (by_last_name, "the same last name"),
    (python_objects, "Python's objects"),
    (file, "the size of a file"),
    (without_the_largest, "the tied tensor is left out"),
    (converts, "changes the model"),
    (fills, "changes the model"),
]
