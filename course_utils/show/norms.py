"""Where an update is large: a heat map of layers and kinds of matrix (lesson 3, *Look inside*)."""

import torch
from matplotlib.figure import Figure

from course_utils.analysis.update_norms import Norms
from course_utils.show.style import GROUND, described, headline, styled, subplots


@styled
def norms_figure(norms: Norms, title: str, relative: bool = True) -> Figure:
    """A cell a matrix: a column a layer, a row a kind; the darker, the larger the update.

    Args:
        norms: as ``analysis.update_norms.update_norms`` gives them.
        title: the message; give it through ``style.marked`` if this run measured it.
        relative: as a share of the weight's own norm, else the norm itself.
    """
    shown = norms.relative if relative else norms.absolute
    figure, axes = subplots(1.5 + 0.25 * len(norms.kinds))
    top = shown[shown.isfinite()].max().item()
    image = axes.imshow(shown.T.numpy(), cmap="cividis_r", vmin=0, vmax=top, aspect="auto")
    step = 1 + len(norms.layers) // 16
    axes.set_xticks(range(0, len(norms.layers), step), norms.layers[::step])
    axes.set_yticks(range(len(norms.kinds)), norms.kinds, parse_math=False)
    axes.set_xlabel("layer")
    axes.set_xticks([x - 0.5 for x in range(1, len(norms.layers))], minor=True)
    axes.set_yticks([y - 0.5 for y in range(1, len(norms.kinds))], minor=True)
    axes.grid(which="minor", color=GROUND, linewidth=0.8)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)
    label = "share of the norm of W0" if relative else "Frobenius norm"
    bar = figure.colorbar(image, ax=axes, label=label, pad=0.01)
    bar.outline.set_visible(False)
    if relative:
        bar.ax.yaxis.set_major_formatter("{x:.1%}" if top < 0.1 else "{x:.0%}")
    headline(figure, title)
    return described(figure, _in_words(norms, shown, label))


def _in_words(norms: Norms, shown: torch.Tensor, label: str) -> str:
    means = shown.nanmean(0).tolist()  # (kinds,)
    kinds = ", ".join(f"{kind} {mean:.3g}" for kind, mean in zip(norms.kinds, means))
    at = int(shown.nan_to_num(-1.0).argmax())
    layer, kind = divmod(at, len(norms.kinds))
    largest = f"{shown[layer, kind].item():.3g} in {norms.kinds[kind]} of layer"
    return (
        f"Norm of the update ({label}) by layer and kind of matrix. Mean over the layers: {kinds}. "
        f"Largest: {largest} {norms.layers[layer]}."
    )
