"""Does the course's forward pass give what the model itself says? Asked once of each model.

Families differ in ways that no error shows: logits that are divided at the end, capped or scaled;
attention that looks back over a window only; positions that come from the mask; embeddings that are
multiplied by a constant. So the answers are compared with the model's own, on a few tokens: plain,
padded, behind a cached prefix, behind soft tokens made of real words, two texts in one row. Where
the fast way differs the plain way is taken; where that differs too, the model is refused by name.
"""

import copy
import dataclasses
from collections.abc import Callable

import torch
from transformers import Cache, PretrainedConfig, PreTrainedModel

from course_utils.data.batches import pack
from course_utils.errors import CourseError
from course_utils.model.identity import origin_of
from course_utils.model.passes import (
    embed_tokens,
    fast_logits,
    mixed_precision,
    packed_logits,
    plain_logits,
)

Way = Callable[..., torch.Tensor]  # ``passes.fast_logits`` or ``passes.plain_logits``
TOKENS, PREFIX, SHORT = 12, 5, 4  # of the probe, of its cached part, of a second, padded row
# How far an answer's logits may differ by rounding, as a share of their standard deviation: in
# float32, and in 16 bits. There a CPU rounds all ways alike (0.008 at most), and batches of two
# shapes differ by up to 0.12 on a GPU (0.09 the course's model, 0.11 Qwen2.5-Coder-1.5B, 0.12
# bitsandbytes' layers). Logits 1.1 times as large are 0.5 away or more, MPT's packed texts 0.37.
EXACT, ROUNDED = 1e-3, 0.3
# On a GPU the fast way is tried with these families alone (``families.md``): where it does not fit,
# an index may be out of range, and such an error on a GPU ends all work of the process.
TRIED_ON_GPU = {"llama", "qwen2", "qwen3", "mistral", "mixtral", "phi3", "olmo2", "stablelm",
                "gemma", "gpt2", "gpt_neox", "mpt"}  # fmt: skip
_known: dict[tuple[str, ...], "Ways"] = {}  # of models that were loaded in this session


@dataclasses.dataclass(frozen=True)
class Ways:
    """What works with a model.

    Attributes:
        fast: does ``passes.fast_logits`` give the model's own answers?
        window: how many positions a layer looks back at most; None without a limit.
        shares_prefix: can keys and values of a prefix serve many rows?
        words_are_rows: is a token's embedding its row of the table? Where it is not, soft tokens
            made from the table would be too short or too long.
        packs: does ``passes.packed_logits`` give the model's own answers, behind a cached prefix
            too where one can be shared? Not tried on a GPU, where training takes CUDA graphs.
        known: was the test possible? Not where the model's own answers are not finite; then the
            plain way is taken, and whoever uses the answers says what is wrong with them.
    """

    fast: bool
    window: int | None
    shares_prefix: bool
    words_are_rows: bool
    packs: bool
    known: bool = True

    def fast_for(self, keys: int) -> bool:
        """May the fast way be taken for rows of ``keys`` positions? Its mask knows no window."""
        return self.fast and (self.window is None or keys <= self.window)

    def shares_for(self, keys: int) -> bool:
        """May a cached prefix stand before rows that then have ``keys`` positions?"""
        return self.shares_prefix and (self.window is None or keys <= self.window)

    def packs_for(self, width: int) -> bool:
        """May texts share rows of ``width`` positions?"""
        return self.packs and (self.window is None or width <= self.window)


def ways(model: PreTrainedModel) -> Ways:
    """What works with ``model``; tested at the first call, remembered on the model.

    Raises:
        CourseError: the course's forward pass cannot give what this model says.
    """
    found = getattr(model, "course_ways", None)
    if found is None:
        key = _key(model)
        found = (_known.get(key) if key else None) or selftest(model)
        if found.known:
            model.course_ways = found
        if found.known and key:
            _known[key] = found
    return found


def _key(model: PreTrainedModel) -> tuple[str, ...] | None:
    """What stands for a model that was loaded from files: the next copy needs no test."""
    weights = origin_of(model).weights
    config = model.config.to_json_string(use_diff=False)
    return (weights, config, str(model.dtype), model.device.type) if weights else None


@torch.no_grad()
def selftest(model: PreTrainedModel) -> Ways:
    """Compare the ways through ``model`` with its own answers; see ``Ways``.

    Raises:
        CourseError: see ``ways``.
    """
    was_training = model.training
    model.eval()
    try:
        return _ways(model, _Probe(model))
    finally:
        model.train(was_training)


def _ways(model: PreTrainedModel, probe: "_Probe") -> Ways:
    window = window_of(model.config)
    if not bool(torch.isfinite(probe.expected).all()):
        return Ways(False, window, False, probe.words_are_rows(), False, known=False)
    if not probe.agrees(plain_logits):
        raise CourseError(
            f"The course's forward pass does not give what {type(model).__name__} itself says "
            f"({probe.found}), so every figure would be wrong",
            "use a causal language model of another family, such as Llama's or Qwen2's",
        )
    tried = model.device.type != "cuda" or model.config.model_type in TRIED_ON_GPU
    fast = tried and probe.agrees(fast_logits)
    shares = probe.shares_prefix(fast_logits if fast else plain_logits)
    packs = model.device.type == "cpu" and probe.packs()
    return Ways(
        fast=fast,
        window=window,
        shares_prefix=shares,
        words_are_rows=probe.words_are_rows(),
        packs=packs and (not shares or probe.packs(SHORT // 2)),
    )


class _Probe:
    """Two rows of tokens, the second shorter, and what the model says after each."""

    def __init__(self, model: PreTrainedModel):
        self.model, self.found = model, ""  # what the last comparison found, in words
        table = model.get_input_embeddings()
        generator = torch.Generator().manual_seed(0)
        ids = torch.randint(table.num_embeddings, (1, TOKENS), generator=generator)
        self.ids = ids.to(model.device)
        self.words = embed_tokens(model, self.ids)  # (1, TOKENS, d_model)
        self.expected = self._own_answers()  # (2, vocabulary)

    def _own_answers(self) -> torch.Tensor:
        """What the model says of the ids, and of the first of them, through its own ``forward``.

        Rounded as the course's ways are: what its embeddings give is made float32, and the batch
        has the shape of theirs. With sums in 16 bits no limit tells rounding from a fault:
        Qwen2.5-Coder-1.5B's logits are then 1.2 of their standard deviation away on an H200, and
        9.9 on a CPU with transformers' own attention.
        """
        table = self.model.get_input_embeddings()
        in_float32 = table.register_forward_hook(lambda module, ids, rows: rows.float())
        try:
            with mixed_precision(self.model):
                logits = self.model(input_ids=self.ids.expand(2, -1), use_cache=False).logits
        finally:
            in_float32.remove()
        return logits[0, [TOKENS - 1, SHORT - 1]].float()

    def agrees(self, way: Way) -> bool:
        """Is ``way`` right for both rows in one batch, the second padded?"""
        last = torch.tensor([TOKENS - 1, SHORT - 1], device=self.ids.device)
        mask = (torch.arange(TOKENS, device=last.device) <= last[:, None]).long()
        try:
            got = way(self.model, self.words.expand(2, -1, -1), mask, last)
        except Exception as error:  # whatever a family raises over arguments that it does not know
            self.found = f"it fails: {error}"
            return False
        return self._near(got, self.expected)

    def shares_prefix(self, way: Way) -> bool:
        """Are keys and values of a prefix, repeated for two rows, as good as its tokens?"""
        mask = torch.ones_like(self.ids).expand(2, -1)
        last = torch.full((2,), TOKENS - PREFIX - 1, device=mask.device)
        try:
            cache = repeated(cache_of(self.model, self.words[:, :PREFIX]), 2)
            got = way(self.model, self.words[:, PREFIX:].expand(2, -1, -1), mask, last, cache)
        except Exception:  # no cache, or one of another kind
            return False
        return self._near(got, self.expected[:1].expand(2, -1))

    def packs(self, cached: int = 0) -> bool:
        """Are both texts right in one row, the second behind the first, padding behind both?

        Of the tokens that both begin with, so many come from a cache.
        """
        ids = self.ids[0].tolist()
        packed = pack([ids[cached:], ids[cached:SHORT]], 0)
        try:
            cache = cache_of(self.model, self.words[:, :cached]) if cached else None
            embeddings = embed_tokens(self.model, packed.input_ids)
            got = packed_logits(self.model, embeddings, packed, cache)
        except Exception:  # no positions as an argument, or not so many
            return False
        return self._near(got, self.expected)

    def words_are_rows(self) -> bool:
        """Do rows of the table, as soft tokens, say what their words say?"""
        rows = self.model.get_input_embeddings().weight.detach()[self.ids].float()
        return not bool((rows - self.words).norm() > 1e-2 * self.words.norm())

    def _near(self, got: torch.Tensor, expected: torch.Tensor) -> bool:
        apart = float(((got - expected).abs() / expected.std(1, keepdim=True)).max())
        self.found = f"the logits differ by up to {apart:.2g} of their standard deviation"
        return apart <= (EXACT if self.model.dtype == torch.float32 else ROUNDED)


def window_of(config: PretrainedConfig) -> int | None:
    """The shortest stretch that a layer of such a model looks back over; None without a limit."""
    names = ("sliding_window", "attention_chunk_size", "window_size")
    lengths = [getattr(config, name, None) for name in names]
    return min((n for n in lengths if isinstance(n, int) and n > 0), default=None)


def cache_of(model: PreTrainedModel, embeddings: torch.Tensor) -> Cache:
    """Keys and values of what stands before every row: (1, tokens, d_model) float32."""
    with mixed_precision(model):
        return model.base_model(inputs_embeds=embeddings, use_cache=True).past_key_values


def repeated(prefix: Cache, rows: int) -> Cache:
    """A copy of a cache for a batch of one, for a batch of ``rows``."""
    cache = copy.deepcopy(prefix)
    cache.batch_repeat_interleave(rows)
    return cache
