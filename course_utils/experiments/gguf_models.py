"""From a GGUF file to a Hugging Face folder: ``python -m course_utils.experiments.gguf_models``.

The arguments are FILE and FOLDER.
For the ladder, where weights are at hand in 4 bits only: it trains on what they stand for, in
bfloat16. Two things that transformers' reader leaves open are put right here. Where the file has an
output head beside the embeddings although the family ties the two, the head is the copy of higher
precision: it becomes both. And Gemma's tokeniser is built from the vocabulary in the file: which
pieces are merged, and in which order, follows from their scores, as SentencePiece reads them
(Kudo and Richardson 2018).
"""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from gguf import GGUFReader
from safetensors.torch import load_file, save_file
from tokenizers.processors import TemplateProcessing
from transformers import AutoConfig, GemmaTokenizer, PreTrainedTokenizerBase
from transformers.convert_slow_tokenizer import generate_merges

from course_utils.assets.model import convert

HEAD, TABLE = "lm_head.weight", "model.embed_tokens.weight"
ALIKE = 0.1  # relative distance of two roundings of one matrix; other matrices are 1.4 apart
NORMAL = 1  # the type of a piece that can be merged


def convert_gguf(gguf: Path, folder: Path) -> None:
    """Write the model in ``folder``, which must not be there yet.

    Args:
        gguf: model and tokeniser in one file, of a family that transformers reads.
    """
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        convert(gguf, Path(work))
        tie_head(Path(work))
        fields = GGUFReader(gguf).fields
        if fields["general.architecture"].contents().startswith("gemma"):
            gemma_tokenizer(fields).save_pretrained(work)
        shutil.copytree(work, folder)


def tie_head(folder: Path) -> None:
    """Tie embeddings and output head where the two are roundings of one matrix."""
    weights = load_file(folder / "model.safetensors")
    if HEAD not in weights:
        return
    head, table = weights[HEAD].float(), weights[TABLE].float()
    if (head - table).norm() > ALIKE * head.norm():
        return
    weights[TABLE] = weights.pop(HEAD)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    config = AutoConfig.from_pretrained(folder)
    config.tie_word_embeddings = True
    config.save_pretrained(folder)


def gemma_tokenizer(fields: dict[str, Any]) -> PreTrainedTokenizerBase:
    """Gemma's tokeniser from a GGUF file's fields; it puts ``<bos>`` before every text."""
    pieces, scores, kinds = (
        fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "scores", "token_type")
    )
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    normal = {p: scores[n] for p, n in vocabulary.items() if kinds[n] == NORMAL}
    tokenizer = GemmaTokenizer(vocab=vocabulary, merges=generate_merges(vocabulary, normal))
    start = (tokenizer.bos_token, tokenizer.bos_token_id)
    tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
        single=f"{start[0]} $A", pair=f"{start[0]} $A {start[0]} $B", special_tokens=[start]
    )
    return tokenizer


if __name__ == "__main__":
    with torch.inference_mode():
        convert_gguf(Path(sys.argv[1]), Path(sys.argv[2]))
