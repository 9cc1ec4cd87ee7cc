import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


class right_expand(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        prompt = self.embedding.to(embeddings).expand(len(embeddings), -1, -1)
        return torch.cat([prompt, embeddings], dim=1)


class right_fill_empty(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(torch.empty_like(init, dtype=torch.float32))
        with torch.no_grad():
            self.embedding.copy_(init)

    def forward(self, embeddings):
        batch, tokens, width = embeddings.shape
        length = self.embedding.shape[0]
        out = embeddings.new_empty(batch, length + tokens, width)
        out[:, :length] = self.embedding
        out[:, length:] = embeddings
        return out


class right_row_by_row(nn.Module):
    def __init__(self, init):
        super().__init__()
        copy = np.array(init.detach().float().cpu().numpy(), copy=True)
        self.register_parameter("embedding", nn.Parameter(torch.from_numpy(copy)))

    def forward(self, embeddings):
        prompt = self.embedding.to(embeddings.device, embeddings.dtype)
        return torch.stack([torch.vstack((prompt, row)) for row in embeddings])


class right_vmap(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(torch.tensor(init.tolist(), dtype=torch.float32))

    def forward(self, embeddings):
        prompt = self.embedding.type_as(embeddings)
        return torch.vmap(lambda row: torch.cat((prompt, row)))(embeddings)


class right_pad_and_add(nn.Module):
    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().to(torch.float32, copy=True))

    def forward(self, embeddings):
        length, tokens = self.embedding.shape[0], embeddings.shape[1]
        prompt = F.pad(self.embedding.to(embeddings), (0, 0, 0, tokens))
        return F.pad(embeddings, (0, 0, length, 0)) + prompt


class wrong_appended(nn.Module):
    """Puts the prompt behind the text instead of before it."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        prompt = self.embedding.to(embeddings).expand(len(embeddings), -1, -1)
        return torch.cat([embeddings, prompt], dim=1)


class wrong_batch_of_one(nn.Module):
    """Adds a batch axis of one and never expands it, so torch.cat fails for more rows than one."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        return torch.cat([self.embedding.to(embeddings)[None], embeddings], dim=1)


class wrong_shares_memory(nn.Module):
    """Keeps no copy: .float() of float32 is the same memory, so training changes init as well."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.float())

    def forward(self, embeddings):
        prompt = self.embedding.to(embeddings).repeat(embeddings.size(0), 1, 1)
        return torch.cat([prompt, embeddings], dim=1)


class wrong_plain_tensor(nn.Module):
    """Keeps a tensor that requires gradients, but no nn.Parameter, so parameters() lacks it."""

    def __init__(self, init):
        super().__init__()
        self.embedding = init.detach().clone().float().requires_grad_()

    def forward(self, embeddings):
        prompt = self.embedding.to(embeddings).expand(len(embeddings), -1, -1)
        return torch.cat([prompt, embeddings], dim=1)


class wrong_embedding_module(nn.Module):
    """Makes `embedding` an nn.Embedding, as PEFT does, where the parameter itself is asked for."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Embedding.from_pretrained(init.detach().clone().float(), freeze=False)

    def forward(self, embeddings):
        prompt = self.embedding.weight.to(embeddings).expand(len(embeddings), -1, -1)
        return torch.cat([prompt, embeddings], dim=1)


class wrong_detached(nn.Module):
    """Uses .data in forward, so no gradient ever reaches the parameter."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        prompt = self.embedding.data.to(embeddings).expand(len(embeddings), -1, -1)
        return torch.cat([prompt, embeddings], dim=1)


class wrong_random_values(nn.Module):
    """Takes only the shape of init and starts from N(0, 1) instead of its values."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(torch.randn(init.shape))

    def forward(self, embeddings):
        prompt = self.embedding.to(embeddings).expand(len(embeddings), -1, -1)
        return torch.cat([prompt, embeddings], dim=1)


class wrong_keeps_dtype(nn.Module):
    """Keeps the dtype of init: a bfloat16 start gives a bfloat16 parameter, not float32."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone())

    def forward(self, embeddings):
        prompt = self.embedding.to(embeddings).expand(len(embeddings), -1, -1)
        return torch.cat([prompt, embeddings], dim=1)


class wrong_mixed_up_repeat(nn.Module):
    """Repeats along the width and reshapes, so rows of the prompt come in a wrong order."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        batch, _, width = embeddings.shape
        prompt = self.embedding.to(embeddings).repeat(1, batch).reshape(batch, -1, width)
        return torch.cat([prompt, embeddings], dim=1)


class wrong_overwrites_text(nn.Module):
    """Writes the prompt over the first tokens of the text instead of lengthening the rows."""

    def __init__(self, init):
        super().__init__()
        self.embedding = nn.Parameter(init.detach().clone().float())

    def forward(self, embeddings):
        out = embeddings.clone()
        out[:, : len(self.embedding)] = self.embedding
        return out


SAYS = {
    "wrong_appended": "the prompt stands after the tokens: a",
    "wrong_batch_of_one": "the prompt is not repeated for the",
    "wrong_shares_memory": "the parameter shares its memory with init",
    "wrong_plain_tensor": "embedding is a plain tensor, which no",
    "wrong_embedding_module": "embedding is a layer here: the nn.Parameter",
    "wrong_detached": "no gradient reaches the parameter: no detach()",
    "wrong_random_values": "the start is random: it should be",
    "wrong_keeps_dtype": "the parameter is not float32: in 16",
    "wrong_mixed_up_repeat": "the prompt's vectors are repeated along the",
    "wrong_overwrites_text": "the prompt is expanded to the text's",
}
