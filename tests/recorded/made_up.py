"""Made-up reports of what is inside an update, as the studies write them."""

import torch

from course_utils.analysis.spectra import RANKS, spectrum_of, thinned
from course_utils.recorded.intruders import INTRUDERS, OTHERS, TUNED, UPDATE, WHOLE, Setting
from course_utils.recorded.runs import pack

N, KINDS = 1000, {"q_proj": (576, 576), "k_proj": (192, 576), "down_proj": (576, 1536)}
WHERE = {"workers": 4, "device": "a GPU", "versions": {"torch": "2"}, "date": "2026-11-26"}
LORA = Setting(8, 2e-3)


def answers(right):
    return pack("1" * round(right) + "0" * (N - round(right)))


def update_report():
    """Accuracy rises with the rank; through bfloat16 it is lower."""
    runs = []
    for rate in (2e-5, 1e-4):
        for seed in range(3):
            correct = {}
            for precision, less in (("float32", 0), ("bfloat16", 20)):
                found = {str(r): answers(880 + 6 * at - less + seed) for at, r in enumerate(RANKS)}
                whole = {"linear layers": answers(920 + seed), "everything": answers(921 + seed)}
                correct[precision] = {"before": answers(800), **found, **whole}
            shares = [0.2 + 0.1 * at for at in range(len(RANKS))]
            energy = {"all": shares, "q_proj": shares}
            runs.append({
                "learning_rate": rate, "seed": seed, "best": [245, 0.2 + seed / 100],
                "rounding": {"all": 0.4 + seed / 100, "q_proj": 0.5}, "correct": correct,
                "energy": {"float32": energy, "bfloat16": energy},
                "most": {"float32": shares, "bfloat16": shares}, "seconds": 60.0,
            })  # fmt: skip
    spectra = {
        f"{rate:g}": {f"model.layers.15.self_attn.{kind}": spectra_of(size) for kind, size in
                      KINDS.items()}
        for rate in (2e-5, 1e-4)
    }  # fmt: skip
    return {"settings": {"ranks": list(RANKS)}, **WHERE, "runs": runs, "spectra": spectra}


def spectra_of(size):
    """A steep spectrum with a flat tail, and a random one of the same norm."""
    generator = torch.Generator().manual_seed(0)
    noise = torch.randn(*size, generator=generator)
    S = torch.linalg.svdvals(noise)
    steep = S[0] * torch.arange(1, len(S) + 1) ** -1.0
    matrices = {
        "update": thinned(steep),
        "through bfloat16": thinned((steep.square() + (0.1 * S).square()).sqrt()),
        "rounding": thinned(0.1 * S),
        "random": spectrum_of(noise * steep.norm() / S.norm()),
    }
    return {
        kind: {"count": s.count, "values": list(s.values), "energies": list(s.energies)}
        for kind, s in matrices.items()
    }


def inside_report():
    """More intruders with LoRA's higher rates; shrinking them brings perplexity down."""
    matrices = {f"model.layers.{i}.self_attn.{kind}": [*size, 30.0] for i in range(4) for kind,
                size in KINDS.items()}  # fmt: skip
    settings = [(Setting(0, 2e-5), 0), (TUNED, 0), (Setting(8, 5e-4), 2), (LORA, 5)]
    runs = [run(setting, level, seed, len(matrices)) for setting, level in settings for seed in
            range(3)]  # fmt: skip
    return {
        "settings": {"directions": 8}, **WHERE, "matrices": matrices,
        "untrained": {"way": WHOLE, "factor": 1.0, "correct": answers(800), "perplexity": 40.0},
        "runs": runs, "overlaps": overlaps([setting for setting, _ in settings]),
    }  # fmt: skip


def run(setting, level, seed, matrices):
    def answer(way, factor, right, perplexity, **more):
        entry = {"way": way, "factor": factor, "correct": answers(right)}
        return entry | {"perplexity": perplexity + seed / 10, **more}

    found = [answer(WHOLE, 1.0, 920 + seed, 42.0 + 4 * level)]
    for factor in (0.75, 0.5, 0.25, 0.0) if level else ():
        found += [
            answer(INTRUDERS, factor, 915, 42.0 + 4 * level * factor),
            answer(OTHERS, factor, 600 + 300 * factor, 42.0 + 100 / (factor + 0.1)),
            answer(UPDATE, factor, 910, 42.0 + 3 * level * factor, left=factor),
        ]
    return {
        "rank": setting.rank, "learning_rate": setting.learning_rate, "seed": seed,
        "best": [245, 0.2], "norms": [1.0 + level + i / 10 for i in range(matrices)],
        "counts": dict.fromkeys(("0.3", "0.5", "0.7"), f"{level:x}" * matrices),
        "control": {"0.3": 1, "0.5": 2 + seed, "0.7": 3}, "answers": found, "seconds": 90.0,
    }  # fmt: skip


def overlaps(settings):
    found = []
    for setting in settings:
        for other in dict.fromkeys((TUNED, setting)):
            for seed in range(3):
                sides = dict.fromkeys(KINDS, 0.1 + 0.2 * (setting == other) + seed / 100)
                found.append({
                    "first": [setting.rank, setting.learning_rate, seed],
                    "second": [other.rank, other.learning_rate, (seed + 1) % 3],
                    "left": sides, "right": {kind: 2 * value for kind, value in sides.items()},
                })  # fmt: skip
    return found
