"""Mutants of ``bytes_per_parameter`` that are right too: the names of the parts are free."""

LINE = (
    "return {'weights': size, 'gradients': size, "
    "'master weights': 0 if dtype == torch.float32 else 4, 'Adam mean': 4, 'Adam variance': 4}"
)
OTHER_NAMES = {
    "weights": [""],
    "gradients": [""],
    "master weights": ["masterweights", "master "],
    "Adam mean": [" mean", "Adammean", "Adam "],
    "Adam variance": [" variance", "Adamvariance", "Adam "],
}
EQUIVALENT = {
    LINE.replace(f"'{name}'", f"'{other}'"): "no other part can be meant by this name"
    for name, others in OTHER_NAMES.items()
    for other in others
}
