"""What happens inside `pipeline("sentiment-analysis")`, to look at and to try out.

The data takes one way through this package, and the modules are named after it:

    checkpoints   a name → something that `from_pretrained()` takes (downloaded by `hub`, or out of `shared_weights`)
    stages        texts → a `Trace`: every intermediate of the pipeline, by name
    interpretability  the same rows asked "what if": hide tokens, remove a head, read each layer
    figures       arrays or a `Trace` → pictures on matplotlib `Axes`
    live          a text box → a `Trace` → views that follow the typing
    practice      an answer → right, or which mistake it is, and what to look at
    measured      the sentences that checkpoints are measured on
    language      Spanish and English: the switch, the words, the glossary

`import pipeline_helpers as ph` loads none of the heavy libraries; each is loaded when something needs it.
"""

from importlib import import_module
from typing import Any

# name in this package → module that defines it
_PUBLIC = {
    "checkpoint": "checkpoints",
    "trace": "stages",
    "Trace": "stages",
    "language_switch": "language.switch",
    "choose_language": "language",
    "current_language": "language",
    "token_effects": "interpretability",
    "logit_lens": "interpretability",
    "without_head": "interpretability",
    "sentences": "measured",
    "show": "figures",
    "Picture": "figures",
    "save": "figures",
    "alt_text": "figures",
    "plot_pipeline": "figures",
    "plot_tokens": "figures",
    "plot_attention_mask": "figures",
    "plot_hidden_states": "figures",
    "plot_token_similarity": "figures",
    "plot_head": "figures",
    "head_steps": "figures",
    "plot_heads_gallery": "figures",
    "plot_attention": "figures",
    "plot_attention_step": "figures",
    "attention_step": "figures",
    "plot_logits_to_probs": "figures",
    "plot_logit_lens": "figures",
    "plot_loss": "figures",
    "plot_reliability": "figures",
    "LiveTokenizer": "live",
    "LiveAttentionMask": "live",
    "LiveAttention": "live",
    "LiveSoftmax": "live",
    "LivePipeline": "live",
    "check": "practice",
    "hint": "practice",
    "solution": "practice",
    "quiz": "practice.quiz",
    "progress": "practice.progress",
}

__all__ = ["__version__", *_PUBLIC]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Load the module that defines `name` (PEP 562), so that importing the package stays fast."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_PUBLIC[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
