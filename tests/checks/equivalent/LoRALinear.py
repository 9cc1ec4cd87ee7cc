"""Mutants of ``LoRALinear`` that are right too."""

SMALL = "A may start at random with any small scale"
DTYPE = "to(tensor) takes over its dtype"
EQUIVALENT = {
    "A, B = (self.lora_A.to(x), self.lora_B.to(x.dtype))": DTYPE,
    "A, B = (self.lora_A.to(x.dtype), self.lora_B.to(x))": DTYPE,
    "def __init__(self, base, rank, alpha, dropout=-0.0):": "-0 is 0",
    "torch.nn.init.kaiming_uniform_(self.lora_A)": SMALL,
    "torch.nn.init.kaiming_uniform_(self.lora_A, a=5)": SMALL,
    "torch.nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(6))": SMALL,
    "torch.nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(4))": SMALL,
    "torch.nn.init.kaiming_uniform_(self.lora_A, a=math.sqrt(10))": SMALL,
}
