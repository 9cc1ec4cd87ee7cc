import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class right_plain(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        return torch.cat([self.embedding.expand(len(embeddings), -1, -1), embeddings], dim=1)


class right_repeat_in_their_dtype(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(torch.empty(init.shape, dtype=torch.float32))
        with torch.no_grad():
            self.embedding.copy_(init)

    def forward(self, embeddings):
        front = self.embedding[None].repeat(embeddings.shape[0], 1, 1)
        return torch.cat((front.to(embeddings), embeddings), 1)


class right_row_by_row(nn.Module):
    def __init__(self, init):
        super().__init__()
        copy = init.detach().to(dtype=torch.float32, copy=True)
        self.register_parameter("embedding", nn.Parameter(copy))

    def forward(self, embeddings):
        own = self.embedding.to(embeddings.dtype)
        return torch.stack([torch.vstack([own, row]) for row in embeddings])


class right_filled(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(torch.tensor(init.tolist(), dtype=torch.float32))

    def forward(self, embeddings):
        batch, tokens, width = embeddings.shape
        length = len(self.embedding)
        out = embeddings.new_empty(batch, length + tokens, width)
        out[:, :length] = self.embedding
        out[:, length:] = embeddings
        return out


class right_padded_sum(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.length = init.shape[0]
        values = np.array(init.detach().float().cpu().numpy(), copy=True)
        self.embedding = nn.Parameter(torch.from_numpy(values))

    def forward(self, embeddings):
        behind = F.pad(embeddings, (0, 0, self.length, 0))
        return behind + F.pad(self.embedding, (0, 0, 0, embeddings.size(1))).type_as(embeddings)


class right_einsum(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(0 * init.detach().float() + init.detach().float())

    def forward(self, embeddings):
        ones = torch.ones(len(embeddings), device=embeddings.device)
        front = torch.einsum("b,ld->bld", ones, self.embedding)
        return torch.hstack([front.to(embeddings.dtype), embeddings])


class wrong_no_copy(nn.Module):
    """Keeps the caller's own memory when init is float32, so training changes init too."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().float())

    def forward(self, embeddings):
        return torch.cat([self.embedding.expand(len(embeddings), -1, -1), embeddings], dim=1)


class wrong_behind(nn.Module):
    """Puts the prompt behind the text, not before it."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        return torch.cat([embeddings, self.embedding.expand(len(embeddings), -1, -1)], dim=1)


class wrong_batch_of_one(nn.Module):
    """Adds a batch dimension of 1 but does not expand it, so larger batches raise an error."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        return torch.cat([self.embedding[None], embeddings], dim=1)


class wrong_overwrites(nn.Module):
    """Writes the prompt over the first tokens of the text instead of placing it before them."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        front = self.embedding.expand(len(embeddings), -1, -1)
        return torch.cat([front, embeddings[:, front.shape[1] :]], dim=1)


class wrong_not_a_parameter(nn.Module):
    """Keeps a plain tensor, which parameters() does not list and no optimiser trains."""

    def __init__(self, init):
        super().__init__()
        self.embedding = init.detach().clone().float()

    def forward(self, embeddings):
        return torch.cat([self.embedding.expand(len(embeddings), -1, -1), embeddings], dim=1)


class wrong_dtype_of_init(nn.Module):
    """Keeps the dtype of init, so a bfloat16 start gives a bfloat16 parameter."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone())

    def forward(self, embeddings):
        front = self.embedding.expand(len(embeddings), -1, -1)
        return torch.cat([front.to(embeddings.dtype), embeddings], dim=1)


class wrong_detached(nn.Module):
    """Uses .data in forward, so no gradient reaches the parameter."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        return torch.cat([self.embedding.data.expand(len(embeddings), -1, -1), embeddings], dim=1)


class wrong_random_start(nn.Module):
    """Takes only the shape of init and starts from random numbers."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(torch.randn(init.shape))

    def forward(self, embeddings):
        return torch.cat([self.embedding.expand(len(embeddings), -1, -1), embeddings], dim=1)


class wrong_name(nn.Module):
    """Calls the parameter prompt, where the task asks for embedding."""

    def __init__(self, init):
        super().__init__()
        self.prompt = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        return torch.cat([self.prompt.expand(len(embeddings), -1, -1), embeddings], dim=1)


class wrong_mixed_rows(nn.Module):
    """Joins all prompts and then all texts and reshapes: the shape is right, the rows are mixed."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        batch, _, width = embeddings.shape
        flat = torch.cat([self.embedding.repeat(batch, 1), embeddings.reshape(-1, width)])
        return flat.view(batch, -1, width)


class wrong_interleaved(nn.Module):
    """repeat_interleave repeats each vector in turn, so rows get different, wrong prompts."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        front = self.embedding.repeat_interleave(len(embeddings), dim=0)
        return torch.cat([front.view(len(embeddings), *self.embedding.shape), embeddings], dim=1)


class wrong_three_dimensions(nn.Module):
    """The parameter is (1, length, d_model), not a copy of the (length, d_model) init."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float().unsqueeze(0))

    def forward(self, embeddings):
        return torch.cat([self.embedding.expand(len(embeddings), -1, -1), embeddings], dim=1)


class wrong_embedding_layer(nn.Module):
    """Makes embedding an nn.Embedding layer, not a parameter; .embedding.detach() then fails."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Embedding.from_pretrained(init.detach().clone().float(), freeze=False)

    def forward(self, embeddings):
        front = self.embedding.weight.expand(len(embeddings), -1, -1)
        return torch.cat([front, embeddings], dim=1)


class wrong_prompt_alone(nn.Module):
    """Returns the prompt of every row and leaves the text out."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        return self.embedding.repeat(len(embeddings), 1, 1)


class wrong_frozen(nn.Module):
    """Creates the parameter with requires_grad=False, so it cannot be trained."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float(), requires_grad=False)

    def forward(self, embeddings):
        return torch.cat([self.embedding.expand(len(embeddings), -1, -1), embeddings], dim=1)


SAYS = {
    "wrong_no_copy": "shares its memory with init",
    "wrong_behind": "stands after the tokens",
    "wrong_batch_of_one": "not repeated for the rows",
    "wrong_overwrites": "takes the place of the first tokens",
    "wrong_not_a_parameter": "embedding is a plain tensor",
    "wrong_dtype_of_init": "parameter is not float32",
    "wrong_detached": "no detach(), .data",
    "wrong_random_start": "the start is random",
    "wrong_name": "the parameter is called prompt",
    "wrong_mixed_rows": "the rows are mixed",
    "wrong_interleaved": "repeated along the wrong axis",
    "wrong_three_dimensions": "the batch comes in forward alone",
    "wrong_embedding_layer": "embedding is a layer here",
    "wrong_prompt_alone": "this is the prompt alone",
    "wrong_frozen": "requires no gradient",
}
