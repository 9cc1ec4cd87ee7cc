"""CUDA graphs: what can be told without a GPU, and with one that they change nothing."""

import contextlib
import dataclasses
from types import SimpleNamespace

import pytest
import torch

from course_utils.data.batches import collate
from course_utils.errors import CourseError
from course_utils.methods.lora import add_lora
from course_utils.model.forward import answer_logits
from course_utils.model.load import norms_in_float32
from course_utils.model.selftest import ways
from course_utils.model.tiny import tiny_model
from course_utils.training import backward as backward_module
from course_utils.training import cuda_graphs
from course_utils.training.backward import backward, backward_of
from course_utils.training.cuda_graphs import WIDTHS, GraphedBackward, Recorder, _widen
from course_utils.training.plan import Example
from tests.model.families import build

EXAMPLES = [Example([5, 6, 7 + i], 260) for i in range(3)] + [Example(list(range(5, 24)), 261)]

SEVERAL = [dataclasses.replace(e, answer_tokens=n) for e, n in zip(EXAMPLES, (2, 1, 3, 2))]


class OnCpu:
    """In place of ``cuda_graphs.Recorder``: computes again what a graph would replay."""

    recorded = 0

    def __init__(self, parameters):
        self.parameters = parameters

    def record(self, loss_of):
        OnCpu.recorded += 1

        def replay():
            for parameter in self.parameters:
                parameter.grad = None
            loss = loss_of()
            loss.backward()
            return loss.detach()

        return replay


def test_every_batch_of_a_shape_goes_through_the_tensors_of_its_first(monkeypatch):
    monkeypatch.setattr(cuda_graphs, "Recorder", OnCpu)
    model, twin = tiny_model(), tiny_model()
    graphed = GraphedBackward(model, pad_id=0)
    for examples in (EXAMPLES, SEVERAL, EXAMPLES[::-1], SEVERAL[::-1]):
        loss = graphed(examples)
        twin.zero_grad()
        assert loss == pytest.approx(backward(twin, examples, pad_id=0), rel=1e-5)
        for p, q in zip(model.parameters(), twin.parameters()):
            torch.testing.assert_close(p.grad, q.grad, rtol=1e-4, atol=1e-6)
    assert OnCpu.recorded == 2


def test_a_wider_batch_says_the_same():
    model, batch = tiny_model().eval(), collate([e.ids for e in EXAMPLES], 0)
    wide = _widen(batch, 48, 0)
    assert wide.input_ids.shape == wide.attention_mask.shape == (4, 48)
    assert wide.attention_mask.sum() == batch.attention_mask.sum()
    with torch.no_grad():
        torch.testing.assert_close(answer_logits(model, wide), answer_logits(model, batch))


def test_on_a_cpu_nothing_is_recorded(monkeypatch):
    def no_graphs(*arguments):
        raise AssertionError("CUDA graphs on a CPU")

    monkeypatch.setattr(backward_module, "GraphedBackward", no_graphs)
    model = tiny_model()
    loss = backward_of(model, pad_id=0)(EXAMPLES)
    assert loss == pytest.approx(backward(tiny_model(), EXAMPLES, pad_id=0))


class FakeCuda:
    """In place of ``torch.cuda``: notes what is done, in which pool and on which device."""

    get_rng_state = set_rng_state = staticmethod(lambda *_: None)
    current_stream = Stream = staticmethod(lambda *_: SimpleNamespace(wait_stream=lambda _: None))
    stream = staticmethod(lambda _: contextlib.nullcontext())

    def __init__(self):
        self.seen = seen = []
        self.pool = self.current = None

        class MemPool:
            id = (0, 7)
            __init__ = lambda _: seen.append(f"pool on {self.current}")  # noqa: E731
            __del__ = lambda _: seen.append("pool ends")  # noqa: E731

        self.MemPool = MemPool
        self.CUDAGraph = lambda: SimpleNamespace(
            replay=lambda: seen.append("replay"), reset=lambda: seen.append("reset")
        )

    @contextlib.contextmanager
    def device(self, device):
        self.current = str(device)
        yield
        self.current = None

    def use_mem_pool(self, pool, device):
        return self.graph(None, pool.id, None)

    @contextlib.contextmanager
    def graph(self, graph, pool, stream):
        self.pool = pool
        yield
        self.pool = None


def test_what_runs_before_later_recordings_takes_memory_of_the_graphs_pool(monkeypatch):
    """The pool is on the parameters' device, and outlives the graphs."""
    cuda, weight = FakeCuda(), torch.nn.Parameter(torch.ones(3))

    def loss_of():
        cuda.seen.append(cuda.pool)
        return weight.square().sum()

    monkeypatch.setattr(torch, "cuda", cuda)
    recorder = Recorder([weight])
    replays = [recorder.record(loss_of) for _ in range(2)]
    assert replays[1]() == 3 and weight.grad.tolist() == [2, 2, 2]
    del recorder, replays
    recorded = (0, 7)
    first = [None, None, None, recorded]  # the pass of the beginning, and two before the recording
    assert cuda.seen == ["pool on cpu", *first, *[recorded] * 3, "replay", *["reset"] * 2,
                         "pool ends"]  # fmt: skip


@pytest.mark.parametrize("number", [0, 1])  # the second is not the current device
def test_replayed_losses_and_gradients_are_the_plain_ones(number):
    if torch.cuda.device_count() <= number:
        pytest.skip(f"needs {number + 1} CUDA devices")
    device = torch.device("cuda", number)
    model, twin = tiny_model().to(device), tiny_model().to(device)
    graphed = GraphedBackward(model, pad_id=0)
    for examples in (EXAMPLES, EXAMPLES[:2], SEVERAL, EXAMPLES[::-1], SEVERAL[::-1]):
        loss = graphed(examples)
        twin.zero_grad()
        assert loss == pytest.approx(backward(twin, examples, pad_id=0), rel=1e-5)
        for p, q in zip(model.parameters(), twin.parameters()):
            assert p.grad.device == device
            torch.testing.assert_close(p.grad, q.grad, rtol=1e-4, atol=1e-6)
    assert WIDTHS == tuple(sorted(WIDTHS))


def test_a_batch_is_recorded_only_if_it_fits_as_wide_as_it_will_be(monkeypatch):
    """80 texts of 200 tokens are 16,000; but they are computed 256 wide, and that is 20,480."""
    ran = []

    class Graphed:
        def __init__(self, model, pad_id):
            pass

        def __call__(self, examples):
            ran.append(len(examples))
            return 0.0

    def plain(model, examples, *arguments):
        ran.append("plain")
        return 0.0

    model = tiny_model()
    ways(model)
    monkeypatch.setattr(type(model), "device", SimpleNamespace(type="cuda"))
    monkeypatch.setattr(backward_module, "GraphedBackward", Graphed)
    monkeypatch.setattr(backward_module, "backward", plain)
    run = backward_of(model, pad_id=0)
    for rows, length in ((64, 200), (65, 200), (80, 200), (80, 190), (2, 257)):
        run([Example([5] * length, 260)] * rows)
    assert ran == [64, "plain", "plain", 80, "plain"]
    monkeypatch.setenv("COURSE_MICRO_BATCH", "4096")
    for rows in (16, 17):
        run([Example([5] * 200, 260)] * rows)
    assert ran[5:] == [16, "plain"]


needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


@needs_gpu
@pytest.mark.parametrize("lora", [False, True])
def test_replayed_in_16_bits_too(lora):
    """With its MLPs computed again, in the order of widths in which the batches come."""
    models = [tiny_model().bfloat16().cuda().train() for _ in range(2)]
    for model in models:
        norms_in_float32(model)
        if lora:
            add_lora(model, 2, 4.0)
    model, twin = models
    graphed = GraphedBackward(model, pad_id=0)
    wide = [Example([*range(5, 60)], 262), EXAMPLES[0]]
    for examples in (EXAMPLES, wide, EXAMPLES[:2], wide, EXAMPLES):
        loss = graphed(examples)
        twin.zero_grad()
        assert loss == pytest.approx(backward(twin, examples, pad_id=0), rel=1e-2)
        pairs = [(p, q) for p, q in zip(model.parameters(), twin.parameters()) if p.requires_grad]
        assert pairs
        for p, q in pairs:
            assert (p.grad - q.grad).norm() <= 0.05 * q.grad.norm() + 1e-6


@needs_gpu
def test_recording_draws_no_random_numbers():
    model = tiny_model().cuda().train()
    add_lora(model, 2, 4.0, dropout=0.5)
    for name, parameter in model.named_parameters():
        if name.endswith("lora_B"):
            torch.nn.init.normal_(parameter)
    graphed = GraphedBackward(model, pad_id=0)
    found = []
    for _ in range(2):  # recorded the first time, and only replayed the second
        torch.manual_seed(3)
        found.append([graphed(EXAMPLES) for _ in range(3)])
    assert found[0] == found[1] and len(set(found[0])) == 3


@needs_gpu
def test_a_parameter_without_gradient_is_refused_on_a_gpu_too():
    model = tiny_model().cuda()
    model.extra = torch.nn.Linear(3, 3).cuda()
    with pytest.raises(CourseError, match="2 of .* got none"):
        backward_of(model, pad_id=0)(EXAMPLES)


@needs_gpu
@pytest.mark.parametrize("family", ["Granite", "Mistral", "OPT"])
def test_a_model_that_the_fast_way_gets_wrong_is_not_recorded(family):
    model, twin = build(family).cuda(), build(family).cuda()
    loss = backward_of(model, pad_id=0)(EXAMPLES)
    assert loss == pytest.approx(backward(twin, EXAMPLES, pad_id=0), rel=1e-4)
    rows = [model(torch.tensor([e.ids], device="cuda")).logits[0, -1].float() for e in EXAMPLES]
    answers = torch.tensor([e.answer for e in EXAMPLES], device="cuda")
    own = torch.nn.functional.cross_entropy(torch.stack(rows), answers).item()
    assert loss == pytest.approx(own, rel=1e-3)
