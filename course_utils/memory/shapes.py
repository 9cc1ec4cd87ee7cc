"""The sizes of a Llama-like model that decide about memory, and those of well-known models.

Lesson 5, *The memory calculator*.
"""

import dataclasses
from collections.abc import Sequence

from transformers import PretrainedConfig

from course_utils.errors import CourseError
from course_utils.memory.families import Family, family_of, parts_of, targeted
from course_utils.model.layers import ALL_LINEAR
from course_utils.validate import one_of, whole


@dataclasses.dataclass(frozen=True)
class Shape:
    """A decoder with RMSNorm, rotary positions, grouped-query attention and a gated MLP.

    Attributes:
        hidden: width of the residual stream, d.
        layers: decoder layers.
        heads, kv_heads: query heads, and heads of keys and values.
        head_dim: width of a head.
        mlp: width of the MLP.
        vocabulary: tokens.
        tied: do embedding and output head share one matrix?
        biases: numbers in the biases of one layer's linear layers.
        family: how its layers differ from Llama's.
        windowed: layers whose tokens look back over ``window`` tokens at most.
        window: 0 where no layer has one.

    Raises:
        CourseError: a size is no whole number of at least 1 (layers, biases and windows: 0), the
            query heads cannot share the key heads evenly, or there are more windows than layers.
    """

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    mlp: int
    vocabulary: int
    tied: bool
    biases: int = 0
    family: Family = Family.LLAMA
    windowed: int = 0
    window: int = 0

    def __post_init__(self) -> None:
        for name in ("hidden", "heads", "kv_heads", "head_dim", "mlp", "vocabulary"):
            whole(name, getattr(self, name), 1)
        for name in ("layers", "biases", "window"):
            whole(name, getattr(self, name), 0)
        whole("windowed", self.windowed, 0, self.layers)
        one_of("tied", self.tied, (True, False))
        one_of("family", self.family, tuple(Family))
        if self.heads % self.kv_heads:
            raise CourseError(
                f"{self.heads} query heads cannot share {self.kv_heads} heads of keys evenly",
                "give a number of heads that is a multiple of kv_heads",
            )

    @classmethod
    def of(cls, config: PretrainedConfig) -> "Shape":
        """The shape of a model of one of the families in ``memory.families``.

        Raises:
            CourseError: the configuration is of another kind of model.
        """
        config = config.get_text_config()
        family = family_of(getattr(config, "model_type", ""))
        head_dim = getattr(config, "head_dim", None)
        head_dim = head_dim or config.hidden_size // config.num_attention_heads
        windowed, window = _windows(config)
        return cls(
            config.hidden_size,
            config.num_hidden_layers,
            config.num_attention_heads,
            config.num_key_value_heads,
            head_dim,
            config.intermediate_size,
            config.vocab_size,
            config.tie_word_embeddings,
            _biases(config, head_dim),
            family,
            windowed,
            window,
        )

    @property
    def queries(self) -> int:
        """Width of all query heads together."""
        return self.heads * self.head_dim

    @property
    def keys(self) -> int:
        """Width of all key heads together, and of all value heads."""
        return self.kv_heads * self.head_dim

    @property
    def matrices(self) -> dict[str, tuple[int, int]]:
        """(out, in) of the linear layers of a decoder layer, by name."""
        outs = {"q_proj": self.queries, "k_proj": self.keys, "v_proj": self.keys,
                "gate_proj": self.mlp, "up_proj": self.mlp}  # fmt: skip
        found = {
            name: (sum(outs[part] for part in parts_of(name)), self.hidden)
            for place in (self.family.qkv, self.family.gate_up)
            for name in place
        }
        found["o_proj"] = (self.hidden, self.queries)
        return found | {"down_proj": (self.hidden, self.mlp)}

    @property
    def full_rank(self) -> int:
        """The largest rank of a linear layer: adapters of more cannot express more."""
        return max(min(matrix) for matrix in self.matrices.values())

    @property
    def matrix_parameters(self) -> int:
        """Numbers in the linear layers of one decoder layer: what QLoRA quantises."""
        return sum(rows * columns for rows, columns in self.matrices.values())

    @property
    def layer_parameters(self) -> int:
        """Numbers in one decoder layer."""
        norms = self.family.norms * self.hidden + 2 * self.head_dim * self.family.head_norms
        return self.matrix_parameters + self.biases + norms

    @property
    def table(self) -> int:
        """Numbers in the embedding, and in the output head."""
        return self.vocabulary * self.hidden

    @property
    def parameters(self) -> int:
        """Numbers in the whole model."""
        tables = self.table if self.tied else 2 * self.table
        return self.layers * self.layer_parameters + tables + self.hidden

    def adapter_parameters(self, rank: int, targets: Sequence[str] = ALL_LINEAR) -> int:
        """Numbers in LoRA adapters of this rank on the targeted linear layers of the model.

        Raises:
            CourseError: the rank is no whole number of at least 1.
        """
        rank = whole("rank", rank, 1)
        chosen = [size for name, size in self.matrices.items() if targeted(name, targets)]
        return self.layers * sum(rank * (rows + columns) for rows, columns in chosen)


def _biases(config: PretrainedConfig, head_dim: int) -> int:
    """Numbers in the biases of the linear layers of one decoder layer."""
    queries = config.num_attention_heads * head_dim
    keys = config.num_key_value_heads * head_dim
    attention = getattr(config, "attention_bias", False)
    biases = (queries + 2 * keys) * (config.model_type == "qwen2" or attention)
    biases += config.hidden_size * attention
    return biases + (2 * config.intermediate_size + config.hidden_size) * getattr(
        config, "mlp_bias", False
    )


def _windows(config: PretrainedConfig) -> tuple[int, int]:
    """How many layers have a window, and its width."""
    window, kinds = getattr(config, "sliding_window", None), getattr(config, "layer_types", None)
    if not window or not getattr(config, "use_sliding_window", True):
        return 0, 0
    windowed = kinds.count("sliding_attention") if kinds else config.num_hidden_layers
    return windowed, window if windowed else 0


# From the published configurations of these models.
SHAPES = {
    "SmolLM2-135M": Shape(576, 30, 9, 3, 64, 1536, 49152, True),
    "SmolLM2-360M": Shape(960, 32, 15, 5, 64, 2560, 49152, True),
    "Qwen2.5-0.5B": Shape(896, 24, 14, 2, 64, 4864, 151936, True, 1152),
    "Qwen3-0.6B": Shape(1024, 28, 16, 8, 128, 3072, 151936, True, 0, Family.QWEN3),
    "Gemma-3-1B": Shape(1152, 26, 4, 1, 256, 6912, 262144, True, 0, Family.GEMMA3, 22, 512),
    "TinyLlama-1.1B": Shape(2048, 22, 32, 4, 64, 5632, 32000, False),
    "Llama-3.2-1B": Shape(2048, 16, 32, 8, 64, 8192, 128256, True),
    "Qwen2.5-1.5B": Shape(1536, 28, 12, 2, 128, 8960, 151936, True, 2048),
    "Gemma-2B": Shape(2048, 18, 8, 1, 256, 16384, 256000, True, 0, Family.GEMMA),
    "Llama-3.2-3B": Shape(3072, 28, 24, 8, 128, 8192, 128256, True),
    "Phi-3.5-mini": Shape(3072, 32, 32, 32, 96, 8192, 32064, False, 0, Family.PHI3, 32, 262144),
    "Phi-4-mini": Shape(3072, 32, 24, 8, 128, 8192, 200064, True, 0, Family.PHI3, 32, 262144),
    "Llama-2-7B": Shape(4096, 32, 32, 32, 128, 11008, 32000, False),
    "Mistral-7B": Shape(4096, 32, 32, 8, 128, 14336, 32768, False),
    "Qwen2.5-7B": Shape(3584, 28, 28, 4, 128, 18944, 152064, False, 4608),
    "Llama-3.1-8B": Shape(4096, 32, 32, 8, 128, 14336, 128256, False),
    "Qwen3-8B": Shape(4096, 36, 32, 8, 128, 12288, 151936, False, 0, Family.QWEN3),
    "Gemma-7B": Shape(3072, 28, 16, 16, 256, 24576, 256000, True, 0, Family.GEMMA),
    "Llama-2-13B": Shape(5120, 40, 40, 40, 128, 13824, 32000, False),
    "Qwen2.5-32B": Shape(5120, 64, 40, 8, 128, 27648, 152064, False, 7168),
    "Llama-3.1-70B": Shape(8192, 80, 64, 8, 128, 28672, 128256, False),
}
