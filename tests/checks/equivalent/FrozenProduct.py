"""Mutants of ``FrozenProduct`` that are right."""

DTYPE = "to(tensor) takes over its dtype"
EQUIVALENT = {
    "return x @ layer.weight.to(x).T": DTYPE,
    "return (gradient @ ctx.layer.weight.to(gradient), None)": DTYPE,
}
