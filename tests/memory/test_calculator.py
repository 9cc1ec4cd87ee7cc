"""The calculator against what PyTorch really holds, counted on a CPU, in every method.

``LiveBytes`` counts as a GPU's allocator would. On fake tensors it can follow a model of seven
billion parameters; with real ones it follows whole training steps of small models."""

import contextlib
import gc
import itertools
from unittest.mock import patch

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from course_utils.errors import CourseError
from course_utils.experiments.random_models import (
    build,
    loss_of,
    make_optimiser,
    random_ids,
)
from course_utils.machine.device import GIB
from course_utils.memory.calculator import estimate, workspaces
from course_utils.memory.shapes import SHAPES, Shape
from course_utils.memory.training import METHODS, Training
from course_utils.methods.names import Method
from course_utils.training import mixed_precision
from tests.memory.live_bytes import LiveBytes, kernel_of_a_gpu

pytestmark = pytest.mark.slow  # together many seconds

CPU = torch.device("cpu")
UNTIED = Shape(256, 3, 8, 4, 32, 704, 2000, False)
TIED = Shape(192, 2, 6, 2, 32, 512, 3000, True)
DTYPES = (torch.bfloat16, torch.float32)


@pytest.fixture(autouse=True)
def steps_as_on_a_gpu(monkeypatch):
    monkeypatch.setitem(mixed_precision.CHUNK, "cpu", mixed_precision.CHUNK["cuda"])


def watched(live, shape, training):
    model = build(shape, training, CPU)
    for tensor in itertools.chain(model.parameters(), model.buffers()):
        live.watch(tensor)
    gc.collect()
    return model


def measure(shape, training, chunk=None):
    """Bytes of the model, after the second forward pass, and at the peak of the second step."""
    with LiveBytes() as live:
        model = watched(live, shape, training)
        loaded, steps = live.now, make_optimiser(model)
        ids = random_ids(shape, training, CPU)
        for _ in range(2):
            live.peak = live.now
            with kernel_of_a_gpu(shape, training):
                loss = loss_of(model, ids, chunk)
                forward = live.now
                loss.backward()
            del loss
            steps.step(max_norm=1.0)
    return loaded, forward, live.peak


def total(parts, *names):
    return sum(size for name, size in parts.items() if not names or name in names)


@pytest.mark.parametrize("shape", [UNTIED, TIED], ids=["untied", "tied"])
@pytest.mark.parametrize("dtype", DTYPES, ids=["bfloat16", "float32"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("checkpointing", [False, True])
def test_every_part_is_what_pytorch_holds(shape, dtype, method, checkpointing):
    training = Training(method, 4, 128, dtype, checkpointing, rank=8)
    loaded, forward, peak = measure(shape, training)
    predicted = estimate(shape, training, workspace=0)
    parts = predicted.moments["loss"]
    stored = ("weights", "quantisation constants", "adapters", "soft prompt")
    assert total(parts, *stored) == pytest.approx(loaded, rel=1e-3)
    in_between = 4 * training.tokens * shape.vocabulary  # the log-softmax: a third of LOGIT
    assert total(parts) - parts["logits"] + in_between == pytest.approx(forward, rel=1.5e-4)
    assert predicted.peak == pytest.approx(peak, rel=2e-3)


@pytest.mark.parametrize("shape", [UNTIED, TIED], ids=["untied", "tied"])
@pytest.mark.parametrize("dtype", DTYPES, ids=["bfloat16", "float32"])
@pytest.mark.parametrize("method", [Method.FULL, Method.QLORA])
def test_with_few_tokens_the_weights_make_the_peak(shape, dtype, method):
    training = Training(method, 1, 16, dtype, rank=8)
    predicted = estimate(shape, training, workspace=0)
    assert predicted.peak == pytest.approx(measure(shape, training)[2], rel=0.025)
    if method == Method.FULL:
        assert predicted.moment in ("optimiser step", "embedding backward")


@pytest.mark.parametrize("method", METHODS[:3])
@pytest.mark.parametrize("checkpointing", [False, True])
def test_a_loss_in_chunks_moves_the_peak_into_the_layers(method, checkpointing):
    training = Training(method, 4, 256, checkpointing=checkpointing, rank=8, logit_positions=64)
    predicted = estimate(UNTIED, training, workspace=0)
    assert predicted.peak == pytest.approx(measure(UNTIED, training, chunk=64)[2], rel=0.03)
    whole = Training(method, 4, 256, checkpointing=checkpointing, rank=8)
    assert predicted.peak < estimate(UNTIED, whole, workspace=0).peak


def test_a_loss_in_chunks_is_the_same_loss_with_the_same_gradients():
    training = Training(Method.FULL, 3, 40, torch.float32)
    model = build(TIED, training, CPU)
    ids = random_ids(TIED, training, CPU)
    results = []
    for chunk in (None, 32):
        loss = loss_of(model, ids, chunk)
        loss.backward()
        results.append((loss.detach(), [p.grad for p in model.parameters()]))
        model.zero_grad()
    torch.testing.assert_close(results[0], results[1], rtol=1e-4, atol=1e-6)


@contextlib.contextmanager
def fake_tensors():
    """Tensors without data. A mask that real tensors do without must not be made for them."""
    no_mask = patch("transformers.models.llama.modeling_llama.create_causal_mask", lambda **k: None)
    in_place = patch.object(torch.nn.Module, "to", lambda self, *more, **settings: self)
    with FakeTensorMode(allow_non_fake_inputs=True), no_mask, in_place:
        torch.set_default_dtype(torch.bfloat16)
        try:
            yield
        finally:
            torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("method", [Method.FULL, Method.LORA, Method.PROMPT_TUNING])
@pytest.mark.parametrize(
    ("name", "point"), [("Llama-3.2-1B", (8, 256, False)), ("Llama-2-7B", (4, 512, True))]
)
def test_forward_and_backward_of_large_models(name, method, point):
    shape, training = SHAPES[name], Training(method, point[0], point[1], checkpointing=point[2])
    predicted = estimate(shape, training, workspace=0)
    with fake_tensors(), LiveBytes() as live:
        model = watched(live, shape, training)
        held = live.now
        loss_of(model, random_ids(shape, training, CPU)).backward()
    before = {name: total(parts) for name, parts in predicted.moments.items()}
    del before["optimiser step"]
    state = predicted.parts["optimiser"]
    assert max(before.values()) - state == pytest.approx(live.peak, rel=0.01)
    assert held == pytest.approx(total(predicted.parts, "weights", "adapters", "soft prompt"), 1e-3)


def test_what_the_field_says_of_seven_billion():
    full = estimate(SHAPES["Llama-2-7B"], Training(Method.FULL, 1, 512))
    assert full.moment == "optimiser step" and 100 * GIB < full.peak < 120 * GIB
    qlora = estimate(SHAPES["Llama-2-7B"], Training(Method.QLORA, 1, 512, checkpointing=True))
    assert qlora.peak < 5 * GIB and "peak: loss" in str(qlora)


@pytest.mark.parametrize("method", METHODS)
def test_the_least_and_the_most_are_counted(method):
    for positions in (None, 1, 1 if method != Method.PROMPT_TUNING else 2):
        training = Training(method, 1, 1, rank=1, soft_tokens=1, logit_positions=positions)
        assert estimate(TIED, training).peak > 0
    most = Training(method, 1, 8, rank=TIED.full_rank, logit_positions=8)
    assert estimate(TIED, most).peak > estimate(TIED, Training(method, 1, 8)).peak // 2


def test_a_rank_above_every_layers_is_refused_where_there_are_adapters():
    assert TIED.full_rank == 192
    for method in (Method.LORA, Method.QLORA):
        with pytest.raises(CourseError, match="rank = 193"):
            estimate(TIED, Training(method, 1, 8, rank=193))
    assert estimate(TIED, Training(Method.FULL, 1, 8, rank=193)).peak


def test_another_workspace_is_refused():
    for workspace in (-1, 0.5):
        with pytest.raises(CourseError, match="workspace"):
            estimate(TIED, Training(Method.FULL, 1, 8), workspace)


def test_workspaces_depend_on_the_gpu(monkeypatch):
    sizes = {}
    for capability in ((9, 0), (7, 5)):
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device, c=capability: c)
        sizes[capability] = workspaces(torch.device("cuda"))
    assert sizes == {(9, 0): 64 * 2**20, (7, 5): 2 * 8_519_680}
    assert workspaces(CPU) == 0


def test_live_bytes_come_and_go():
    with LiveBytes() as live:
        first = torch.ones(1000)
        view = first[10:].view(9, -1)
        assert live.now == 4000
        second = first * 2
        del first
        assert live.now == 8000  # the view keeps it
        del view, second
        assert (live.now, live.peak) == (0, 8000)
