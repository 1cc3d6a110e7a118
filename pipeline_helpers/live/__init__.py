"""A text box → a `Trace` → views that follow the typing.

Each view is a `VBox` with its parts as public attributes: `view.text.value = "…"` has it compute and show again, from
Python as from the keyboard. Each joins a plain function that computes with another that renders.
"""

from pipeline_helpers.live.attention import LiveAttention
from pipeline_helpers.live.attention_mask import LiveAttentionMask
from pipeline_helpers.live.pipeline import LivePipeline
from pipeline_helpers.live.softmax import LiveSoftmax
from pipeline_helpers.live.tokenizer import LiveTokenizer

__all__ = ["LiveAttention", "LiveAttentionMask", "LivePipeline", "LiveSoftmax", "LiveTokenizer"]
