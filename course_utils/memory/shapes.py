"""The sizes of a Llama-like model that decide about memory, and those of well-known models.

Lesson 5, *The memory calculator*.
"""

import dataclasses

from transformers import PretrainedConfig

from course_utils.errors import CourseError
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

    Raises:
        CourseError: a size is no whole number of at least 1 (layers and biases: 0), or the query
            heads cannot share the key heads evenly.
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

    def __post_init__(self) -> None:
        for name in ("hidden", "heads", "kv_heads", "head_dim", "mlp", "vocabulary"):
            whole(name, getattr(self, name), 1)
        whole("layers", self.layers, 0)
        whole("biases", self.biases, 0)
        one_of("tied", self.tied, (True, False))
        if self.heads % self.kv_heads:
            raise CourseError(
                f"{self.heads} query heads cannot share {self.kv_heads} heads of keys evenly",
                "give a number of heads that is a multiple of kv_heads",
            )

    @classmethod
    def of(cls, config: PretrainedConfig) -> "Shape":
        """The shape of a model of the families of Llama and Qwen2.

        Raises:
            CourseError: the configuration is of another kind of model.
        """
        kind = getattr(config, "model_type", "")
        if kind not in ("llama", "mistral", "qwen2"):
            raise CourseError(
                f"The memory calculator does not know models of the kind '{kind}'",
                "give it the configuration of a Llama, Mistral or Qwen2 model",
            )
        head_dim = getattr(config, "head_dim", None)
        head_dim = head_dim or config.hidden_size // config.num_attention_heads
        queries = config.num_attention_heads * head_dim
        keys = config.num_key_value_heads * head_dim
        attention_bias = getattr(config, "attention_bias", False)
        mlp_bias = getattr(config, "mlp_bias", False)
        biases = (queries + 2 * keys) * (kind == "qwen2" or attention_bias)
        biases += config.hidden_size * attention_bias
        biases += (2 * config.intermediate_size + config.hidden_size) * mlp_bias
        return cls(
            config.hidden_size,
            config.num_hidden_layers,
            config.num_attention_heads,
            config.num_key_value_heads,
            head_dim,
            config.intermediate_size,
            config.vocab_size,
            config.tie_word_embeddings,
            biases,
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
        """(out, in) of the seven linear layers of a decoder layer, by name."""
        return {
            "q_proj": (self.queries, self.hidden),
            "k_proj": (self.keys, self.hidden),
            "v_proj": (self.keys, self.hidden),
            "o_proj": (self.hidden, self.queries),
            "gate_proj": (self.mlp, self.hidden),
            "up_proj": (self.mlp, self.hidden),
            "down_proj": (self.hidden, self.mlp),
        }

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
        return self.matrix_parameters + self.biases + 2 * self.hidden

    @property
    def table(self) -> int:
        """Numbers in the embedding, and in the output head."""
        return self.vocabulary * self.hidden

    @property
    def parameters(self) -> int:
        """Numbers in the whole model."""
        tables = self.table if self.tied else 2 * self.table
        return self.layers * self.layer_parameters + tables + self.hidden

    def adapter_parameters(self, rank: int) -> int:
        """Numbers in LoRA adapters of this rank on all linear layers of the model.

        Raises:
            CourseError: the rank is no whole number of at least 1.
        """
        rank = whole("rank", rank, 1)
        per_layer = sum(rank * (rows + columns) for rows, columns in self.matrices.values())
        return self.layers * per_layer


# From the published configurations of these models.
SHAPES = {
    "SmolLM2-135M": Shape(576, 30, 9, 3, 64, 1536, 49152, True),
    "SmolLM2-360M": Shape(960, 32, 15, 5, 64, 2560, 49152, True),
    "Qwen2.5-0.5B": Shape(896, 24, 14, 2, 64, 4864, 151936, True, 1152),
    "TinyLlama-1.1B": Shape(2048, 22, 32, 4, 64, 5632, 32000, False),
    "Llama-3.2-1B": Shape(2048, 16, 32, 8, 64, 8192, 128256, True),
    "Llama-3.2-3B": Shape(3072, 28, 24, 8, 128, 8192, 128256, True),
    "Llama-2-7B": Shape(4096, 32, 32, 32, 128, 11008, 32000, False),
    "Llama-3.1-8B": Shape(4096, 32, 32, 8, 128, 14336, 128256, False),
    "Llama-2-13B": Shape(5120, 40, 40, 40, 128, 13824, 32000, False),
    "Qwen2.5-32B": Shape(5120, 64, 40, 8, 128, 27648, 152064, False, 7168),
    "Llama-3.1-70B": Shape(8192, 80, 64, 8, 128, 28672, 128256, False),
}
