"""Answers to ``SoftPrompt``."""

import torch
from torch import nn


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


class AtTheEnd(Usual):
    def forward(self, embeddings):
        return torch.cat([embeddings, self.rows(embeddings)], dim=1)


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


class Random(Usual):
    def __init__(self, init):
        nn.Module.__init__(self)
        self.embedding = nn.Parameter(torch.randn(init.shape))


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


class Added(Usual):
    def forward(self, embeddings):
        return embeddings + self.embedding.mean(0)


class AddedToTheFirst(Usual):
    def forward(self, embeddings):
        count = min(len(self.embedding), embeddings.shape[1])
        first = embeddings[:, :count] + self.embedding[:count]
        return torch.cat([first, embeddings[:, count:]], dim=1)


class Overwrites(Usual):
    def forward(self, embeddings):
        count = min(len(self.embedding), embeddings.shape[1])
        embeddings = embeddings.clone()
        embeddings[:, :count] = self.embedding[:count]
        return embeddings


class NoBatch(Usual):
    def forward(self, embeddings):
        return torch.cat([self.embedding, embeddings[0]])


class OneRow(Usual):
    def forward(self, embeddings):
        return super().forward(embeddings[:1])


class WrongAxis(Usual):
    def rows(self, embeddings):
        batch = len(embeddings)
        return self.embedding.repeat_interleave(batch, 0).view(batch, *self.embedding.shape)


class PromptAlone(Usual):
    def forward(self, embeddings):
        return self.rows(embeddings)


def not_a_module(init):
    return init.clone()


RIGHT = [Usual, Filled, RowByRow, Repeated]
WRONG = [
    (AtTheEnd, "stands after the tokens"),
    (PlainTensor, "a plain tensor"),
    (Buffer, "a plain tensor"),
    (SharesMemory, "shares its memory"),
    (SixteenBits, "not float32"),
    (AnotherName, "one parameter, `embedding`"),
    (EmbeddingLayer, "one parameter, `embedding`"),
    (WithBatch, "another shape than init"),
    (Random, "does not start at init"),
    (Frozen, "requires no gradient"),
    (Detached, "no gradient reaches"),
    (UsesInit, "no gradient reaches"),
    (NoGrad, "no gradient reaches"),
    (FirstRowTrains, "gradient of some rows is lost"),
    (Added, "is added to the tokens"),
    (AddedToTheFirst, "is added to the tokens"),
    (Overwrites, "takes the place of the first tokens"),
    (NoBatch, "the batch dimension is gone"),
    (OneRow, "only the first row of the batch"),
    (WrongAxis, "along the wrong axis"),
    (PromptAlone, "the prompt alone"),
    (not_a_module, "should be a module"),
]
