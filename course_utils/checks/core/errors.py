"""What an exception of the learner's code probably means, in words of the course."""

import re

TWO_DTYPES = (
    "two dtypes meet in one operation, {0} and {1}: bring one to the other's, x.to(y.dtype)"
)
# The type's name, what its message holds, and the cause; a group of the message is {0}, {1}, ...
CAUSES = (
    (
        "RuntimeError",
        r"shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)",
        "a product needs (n, k) @ (k, m), and here k would be {1} and {2}: perhaps the two factors "
        "are in the wrong order, or one of them wants a transpose, .T",
    ),
    (
        "RuntimeError|ValueError",
        r"size mismatch|Expected size for first two dimensions|must match the size for",
        "the inner sizes of a product differ: print the shape of each factor, and look at the "
        "order and at the transposes",
    ),
    (
        "RuntimeError|ValueError",
        r"The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\)",
        "sizes {0} and {1} stand in the same dimension: perhaps a dimension of size 1 is missing "
        "(keepdim=True, or [:, None]), or one tensor wants a transpose",
    ),
    (
        "RuntimeError",
        r"Sizes of tensors must match except in dimension (\d+)",
        "what is joined differs in another dimension than {0}: print both shapes; perhaps dim is "
        "another, or the batch is to be expanded first",
    ),
    (
        "RuntimeError",
        r"Tensors must have same number of dimensions: got (\d+) and (\d+)",
        "a tensor of {0} dimensions meets one of {1}: add one with [None], or take one away",
    ),
    (
        "RuntimeError",
        r"shape '(.+)' is invalid for input of size (\d+)",
        "{1} numbers do not fill the shape {0}: count the numbers of the input",
    ),
    (
        "RuntimeError",
        r"same dtype, but (?:got|found):? (\w+) (?:!=|and) (?:c10::)?(\w+)",
        TWO_DTYPES,
    ),
    ("RuntimeError", r"expected scalar type (\w+) but found (\w+)", TWO_DTYPES),
    (
        "RuntimeError|IndexError",
        r"tensors used as indices must be|'indices' to have one of the following scalar types",
        "indices are whole numbers: turn them into int64 with .long()",
    ),
    (
        "RuntimeError",
        r"leaf Variable that requires grad",
        "a parameter is changed in place while gradients are recorded: do it in "
        "`with torch.no_grad():`",
    ),
    (
        "RuntimeError",
        r"does not require grad and does not have a grad_fn",
        "nothing that the loss depends on can be trained: something is detached, frozen, or made "
        "under torch.no_grad()",
    ),
    (
        "RuntimeError",
        r"Can't call numpy\(\) on Tensor that requires grad",
        "write tensor.detach() before numpy reads it",
    ),
    (
        "RuntimeError|ValueError",
        r"Boolean value of Tensor with more than one value|truth value of an array",
        "a condition holds a whole tensor: compare single numbers, or use .any() or .all()",
    ),
    (
        "RuntimeError|ValueError|TypeError",
        r"cannot be converted to (?:a )?(?:Python )?[Ss]calar|only (?:one|integer|length-1|0-dim)",
        "one number is needed where a tensor with several stands: choose one, or reduce it with "
        "mean or sum",
    ),
    (
        "IndexError",
        r"Dimension out of range",
        "there are fewer dimensions than this: print the shape",
    ),
    (
        "IndexError",
        r"out of range|out of bounds",
        "an index goes beyond the end: the last one is the length less 1",
    ),
    (
        "TypeError",
        r"(list|tuple|string) indices must be integers",
        "a {0} is indexed by a whole number: perhaps a dictionary or a tensor is meant",
    ),
    (
        "TypeError",
        r"[Cc]annot interpret 'torch\.(\w+)' as a data type",
        "NumPy does not know PyTorch's dtypes: torch.{0} has a size of its own, .itemsize",
    ),
    (
        "TypeError",
        r"argument after \*\* must be a mapping, not (\w+)",
        "** unpacks a dictionary, and here stands a {0}: pass it as it is, or unpack it with *",
    ),
    (
        "RuntimeError",
        r"A view was created in no_grad mode|is a view and is being modified inplace",
        "a part of a tensor is written to while gradients are recorded: build the tensor from its "
        "parts, or work in `with torch.no_grad():`",
    ),
    (
        "TypeError",
        r"unsupported ScalarType BFloat16",
        "NumPy has no bfloat16: write tensor.float() first",
    ),
    (
        "ValueError",
        r"math domain error|expected a nonnegative input",
        "perhaps the root or the logarithm of a negative number, or of 0",
    ),
    ("KeyError", r"(.+)", "there is no key {0}: look at what the dictionary has"),
    (
        "UnboundLocalError",
        r"variable '(\w+)'",
        "{0} is used before the function has given it a value: perhaps the line that sets it is "
        "within a branch that was not taken",
    ),
    (
        "NameError",
        r"name '(\w+)' is not defined",
        "{0} is unknown here: perhaps a typing slip, or it is to be imported or taken from the "
        "arguments; names of other functions' insides are not seen",
    ),
    (
        "AttributeError",
        r"'NoneType' object has no attribute",
        "something is None: perhaps a function that returns nothing, or a gradient that is not "
        "there",
    ),
    (
        "AttributeError",
        r"'(\w+)' object has no attribute '(\w+)'",
        "{1} does not belong to a value of type {0}: perhaps another type is meant",
    ),
    (
        "AttributeError",
        r"cannot assign \w+ before Module.__init__",
        "super().__init__() comes first in __init__",
    ),
    (
        "TypeError",
        r"'NoneType' object is not",
        "something is None: perhaps a function that returns nothing",
    ),
    ("TypeError", r"'(\w+)' object is not callable", "parentheses stand after a value of type {0}"),
    (
        "TypeError",
        r"takes (?:\w+ )*?(\d+) positional arguments? but (\d+) w|missing \d+ required",
        "a function is called with another number of arguments than it takes",
    ),
    ("TypeError", r"unexpected keyword argument '(\w+)'", "there is no argument called {0} there"),
    (
        "TypeError",
        r"unsupported operand|not supported between",
        "two types that do not go together: perhaps a number that is still text, or a list where "
        "a tensor is needed",
    ),
    ("ZeroDivisionError", r"", "a divisor can be 0: think of that case"),
    ("RecursionError", r"", "the function calls itself without end"),
    ("SystemExit", r"", "exit ends the whole program: end the function with return instead"),
    (
        "StopIteration",
        r"",
        "next() found nothing: give it a second argument, or loop over all of them",
    ),
)


def cause_of(error: BaseException) -> str:
    """A sentence on the likely cause of an exception: the first of ``CAUSES``; "" if none fits."""
    for kinds, pattern, sentence in CAUSES:
        found = re.search(pattern, str(error), re.DOTALL)
        if found and any(kind.__name__ in kinds.split("|") for kind in type(error).__mro__):
            return sentence.format(*found.groups())
    return ""
