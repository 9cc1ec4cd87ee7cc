"""Answers to ``SoftPrompt``."""

import torch
from torch import nn
from torch.nn.functional import normalize

from course_utils.methods.soft_prompt import add_soft_prompt, remove_soft_prompt
from course_utils.model import forward
from course_utils.model.tiny import tiny_model


class Usual(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def rows(self, embeddings):
        return self.embedding.expand(len(embeddings), -1, -1)

    def forward(self, embeddings):
        return torch.cat([self.rows(embeddings), embeddings], dim=1)


class Filled(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(torch.empty(init.shape))
        with torch.no_grad():
            self.embedding.copy_(init)

    def forward(self, embeddings):
        batch, tokens, width = embeddings.shape
        length = self.embedding.shape[0]
        joined = embeddings.new_zeros(batch, length + tokens, width)
        joined[:, :length] = self.embedding
        joined[:, length:] = embeddings
        return joined


class RowByRow(nn.Module):
    def __init__(self, init):
        nn.Module.__init__(self)
        self.register_parameter("embedding", nn.Parameter(torch.tensor(init.tolist())))

    def forward(self, embeddings):
        return torch.stack([torch.cat((self.embedding, row)) for row in embeddings])


class Repeated(Usual):
    def rows(self, embeddings):
        return self.embedding[None].repeat(embeddings.shape[0], 1, 1)


class PlainTensor(Usual):
    def __init__(self, init):
        nn.Module.__init__(self)
        self.embedding = init.float().clone()


class Buffer(Usual):
    def __init__(self, init):
        nn.Module.__init__(self)
        self.register_buffer("embedding", init.float().clone())


class SharesMemory(Usual):
    def __init__(self, init):
        nn.Module.__init__(self)
        self.embedding = nn.Parameter(init.float())


class SixteenBits(Usual):
    def __init__(self, init):
        nn.Module.__init__(self)
        self.embedding = nn.Parameter(init.clone())


class AnotherName(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.prompt = nn.Parameter(init.float().clone())


class EmbeddingLayer(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Embedding.from_pretrained(init.float().clone(), freeze=False)


class WithBatch(Usual):
    def __init__(self, init):
        nn.Module.__init__(self)
        self.embedding = nn.Parameter(init.float().clone()[None])


class Frozen(Usual):
    def __init__(self, init):
        super().__init__(init)
        self.embedding.requires_grad_(False)


class Detached(Usual):
    def rows(self, embeddings):
        return self.embedding.detach().expand(len(embeddings), -1, -1)


class UsesInit(Usual):
    def __init__(self, init):
        super().__init__(init)
        self.init = init.float()

    def rows(self, embeddings):
        return self.init.expand(len(embeddings), -1, -1)


class NoGrad(Usual):
    def forward(self, embeddings):
        with torch.no_grad():
            return super().forward(embeddings)


class FirstRowTrains(Usual):
    def rows(self, embeddings):
        rows = super().rows(embeddings)
        return torch.cat([rows[:1], rows[1:].detach()])


class Overwrites(Usual):
    def forward(self, embeddings):
        count = min(len(self.embedding), embeddings.shape[1])
        embeddings = embeddings.clone()
        embeddings[:, :count] = self.embedding[:count]
        return embeddings


class WrongAxis(Usual):
    def rows(self, embeddings):
        batch = len(embeddings)
        return self.embedding.repeat_interleave(batch, 0).view(batch, *self.embedding.shape)


def not_a_module(init):
    return init.clone()


def starting_at(name, start):
    """The usual module, with another start."""

    def init_(self, init):
        nn.Module.__init__(self)
        self.embedding = nn.Parameter(start(init.float().clone()))

    return type(name, (Usual,), {"__init__": init_})


def joining(name, join):
    """The usual module, with another way of joining; ``join`` takes rows, embeddings, prompt."""

    def forward_(self, embeddings):
        return join(self.rows(embeddings), embeddings, self.embedding)

    return type(name, (Usual,), {"forward": forward_})


class Double(Usual):
    def __init__(self, init):
        nn.Module.__init__(self)
        self.embedding = nn.Parameter(init.clone().double())


class TwoParameters(Usual):
    def __init__(self, init):
        super().__init__(init)
        self.scale = nn.Parameter(torch.ones(1))


class KeepsInit(Usual):
    def __init__(self, init):
        super().__init__(init)
        self.register_buffer("start", init.clone())


class NoParameter(Usual):
    def __init__(self, init):
        nn.Module.__init__(self)


class RowsFromInit(Usual):
    def __init__(self, init):
        super().__init__(init)
        self.front = self.embedding[None]

    def rows(self, embeddings):
        return self.front.expand(len(embeddings), -1, -1)


class TurnsItself(Usual):
    def forward(self, embeddings):
        return super().forward(embeddings.to(self.to(embeddings.dtype).embedding.dtype))


def NEXT(answer):
    """Words as a soft prompt are the words as ids; training moves the prompt alone."""
    model = tiny_model()
    table = model.get_input_embeddings()
    ids, words = torch.tensor([[5, 6, 7], [9, 8, 3]]), [4, 2]
    with torch.no_grad():
        soft = answer(table.weight[words])
        by_ids = model(torch.cat([torch.tensor([words] * 2), ids], dim=1)).logits
        assert torch.allclose(model(inputs_embeds=soft(table(ids))).logits, by_ids, atol=1e-5)
    assert add_soft_prompt(model, answer(torch.zeros(3, 32))) == 96
    assert forward.soft_length(model) == 3
    before = table.weight.clone()
    optimiser = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.1)
    for _ in range(2):
        forward.embed(model, ids).square().sum().backward()
        optimiser.step()
    trained = remove_soft_prompt(model)
    assert torch.equal(table.weight, before)
    assert trained.embedding.detach().isfinite().all()


RIGHT = [Usual, Filled, RowByRow, Repeated]
WRONG = [
    (joining("AtTheEnd", lambda r, e, p: torch.cat([e, r], 1)), "stands after the tokens"),
    (PlainTensor, "a plain tensor"),
    (Buffer, "a plain tensor"),
    (SharesMemory, "shares its memory"),
    (SixteenBits, "not float32"),
    (AnotherName, "is called prompt"),
    (EmbeddingLayer, "is a layer here"),
    (WithBatch, "another shape than init"),
    (starting_at("Random", torch.randn_like), "the start is random"),
    (Frozen, "requires no gradient"),
    (Detached, "no detach()"),
    (UsesInit, "forward uses init"),
    (NoGrad, "no detach()"),
    (FirstRowTrains, "gradient of some rows is lost"),
    (joining("Added", lambda r, e, p: e + p.mean(0)), "is added to the tokens"),
    (Overwrites, "takes the place of the first tokens"),
    (joining("NoBatch", lambda r, e, p: torch.cat([p, e[0]])), "the batch dimension is gone"),
    (joining("OneRow", lambda r, e, p: torch.cat([r[:1], e[:1]], 1)), "the first row of"),
    (WrongAxis, "along the wrong axis"),
    (joining("PromptAlone", lambda r, e, p: r), "the prompt alone"),
    (not_a_module, "should be a module"),
    (Double, "is float64"),
    (TwoParameters, "another parameter, scale"),
    (KeepsInit, "another buffer, start"),
    (NoParameter, "has no parameter"),
    (RowsFromInit, "perhaps in __init__"),
    (TurnsItself, "it stays float32"),
    (starting_at("Zeros", torch.zeros_like), "starts at zeros"),
    (starting_at("Ones", torch.ones_like), "starts at ones"),
    (starting_at("Unit", lambda x: normalize(x, dim=1)), "rows of init were scaled"),
    (starting_at("Mean", lambda x: x.mean(0).repeat(len(x), 1)), "starts at the mean"),
    (starting_at("Flipped", lambda x: x.flip(0)), "of init are in reverse"),
    (starting_at("Rounded", lambda x: x.half().float()), "rounded to 16 bits"),
    (starting_at("Smaller", lambda x: x / 2), "does not start at init"),
    (starting_at("Transposed", lambda x: x.T.contiguous()), "is init transposed"),
    (starting_at("Flat", torch.flatten), "in one dimension"),
    (starting_at("Twenty", lambda x: torch.zeros(20, 576)), "not that of init"),
    (joining("Mixed", lambda r, e, p: torch.cat([r, e], 1).transpose(0, 1).reshape(
        len(e), -1, e.shape[2])), "the rows are mixed"),
    (joining("LengthKept", lambda r, e, p: torch.cat([r, e], 1)[:, : e.shape[1]]), "its end is c"),
    (joining("FromTheLength", lambda r, e, p: torch.cat([r, e[:, len(p) :]], 1)), "takes the pl"),
    (joining("OneText", lambda r, e, p: torch.cat([r, e[:1].expand_as(e)], 1)), "the first one: k"),
    (joining("TextAlone", lambda r, e, p: e), "the embeddings alone"),
    (joining("NoPrompt", lambda r, e, p: torch.cat([0 * r, e], 1)), "zeros where the prompt"),
    (joining("Backwards", lambda r, e, p: torch.cat([r.flip(1), e], 1)), "vectors are in reverse"),
    (joining("FirstVector", lambda r, e, p: torch.cat([r[:, :1], e], 1)), "the first of the p"),
    (joining("MeanVector", lambda r, e, p: torch.cat([r.mean(1, True), e], 1)), "the mean of the"),
    (joining("UnitVectors", lambda r, e, p: torch.cat([normalize(r, dim=2), e], 1)), "length 1:"),
    (joining("Twice", lambda r, e, p: torch.cat([r, r, e], 1)), "twice"),
    (joining("Swapped", lambda r, e, p: torch.cat([r, e], 1).transpose(0, 1)), "are swapped"),
    (joining("Pair", lambda r, e, p: (r, e)), "not a tuple"),
    (joining("Whole", lambda r, e, p: torch.cat([r, e], 1).long()), "which are floats"),
    (joining("BatchOfOne", lambda r, e, p: torch.cat([p[None], e], 1)), "not repeated"),
    (joining("NoBatchDimension", lambda r, e, p: torch.cat([p, e], 1)), "has no batch"),
    (joining("AlongTheBatch", lambda r, e, p: torch.cat([r, e])), "wrong dimension: dim=1"),
    (joining("Stacked", lambda r, e, p: torch.stack([r, e])), "stack makes a new"),
    (joining("AsLongAsTheText", lambda r, e, p: torch.cat([p.expand_as(e), e], 1)), "text's shape"),
    (joining("TwentyRows", lambda r, e, p: torch.cat([p.repeat(20, 1, 1), e], 1)), "20 times"),
    (joining("TransposedPrompt", lambda r, e, p: torch.cat([r.mT, e], 1)), "prompt is transposed"),
    (joining("NoList", lambda r, e, p: torch.cat(r, e)), "takes a list"),
    (joining("ShortResult", lambda r, e, p: torch.cat([r, e], 1).bfloat16()), "result was rounded"),
]  # fmt: skip
