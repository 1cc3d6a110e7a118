"""A run with heads removed: against runs by hand, in many models, with nothing left behind."""

import pytest
import torch

import pipeline_helpers as ph
from pipeline_helpers.stages import load
from tests import models

TEXTS = ["I love this film", "Me encanta"]


@pytest.fixture(scope="module")
def loaded():
    return load(ph.checkpoint())


def output_matrices(model):
    """What takes the mixtures of all heads side by side, layer by layer, in models of several families."""
    names = ("out_lin", "attention.output.dense", "attn.c_proj", "self_attn.o_proj", "attention.dense", "attn.Wo")
    found = [module for name, module in model.named_modules() if name.endswith(names)]
    return found * model.config.num_hidden_layers if len(found) == 1 else found  # ALBERT's layers are one


def by_hand(model, inputs, heads):
    """The logits with zeros where the heads' mixtures enter the output matrix."""
    calls, width = [], model.config.hidden_size // model.config.num_attention_heads

    def before(module, args):
        mixed = args[0].clone()
        for layer, head in heads:
            if layer == len(calls):
                mixed[..., head * width : (head + 1) * width] = 0
        calls.append(module)
        return (mixed,)

    hooks = [module.register_forward_pre_hook(before) for module in dict.fromkeys(output_matrices(model))]
    try:
        with torch.no_grad():
            logits = model(**inputs).logits
    finally:
        for hook in hooks:
            hook.remove()
    assert calls == output_matrices(model)
    return logits


def close(one, other):
    torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)


FAMILIES = ["distilbert", "bert", "electra", "roberta", "albert", "deberta", "modernbert", "gpt2", "llama"]


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("heads", [[(0, 1)], [(1, 0)], [(0, 0), (1, 1)], [(1, 0), (1, 1)]])
def test_it_is_a_zero_before_the_output_matrix(name, heads):
    model, tokenizer, _ = models.make(name)
    inputs = tokenizer(TEXTS[0], return_tensors="pt")
    removed = ph.without_head(TEXTS[0], model, tokenizer, heads=heads)
    close(removed.logits, by_hand(model, inputs, heads))
    assert not torch.allclose(removed.logits, ph.trace(TEXTS[0], model=model, tokenizer=tokenizer).logits, atol=1e-3)


def test_the_classroom_checkpoint_removes_the_same_by_its_trace_and_by_its_texts(trace, loaded):
    model, tokenizer = loaded
    removed = ph.without_head(trace, model, heads=[(3, 9), (5, 0)])
    inputs = {"input_ids": trace.input_ids, "attention_mask": trace.attention_mask}
    close(removed.logits, by_hand(model, inputs, [(3, 9), (5, 0)]))
    close(removed.logits, ph.without_head(trace.texts, model, tokenizer, heads=[(5, 0), (3, 9)]).logits)
    assert removed.attentions[3][:, 9].abs().max() == 0
    torch.testing.assert_close(removed.attentions[:3], trace.attentions[:3])
    torch.testing.assert_close(removed.attentions[3][:, :9], trace.attentions[3][:, :9])
    torch.testing.assert_close(removed.hidden_states[:4], trace.hidden_states[:4])
    assert (removed.tokens, removed.texts) == (trace.tokens, trace.texts)


@pytest.mark.parametrize("name", [name for name in models.MODELS if name != "longformer"])
def test_no_head_removed_changes_nothing_and_a_batch_answers_as_each_alone(name):
    model, tokenizer, _ = models.make(name)
    plain = ph.trace(TEXTS, model=model, tokenizer=tokenizer, attentions=True)
    same = ph.without_head(TEXTS, model, tokenizer, heads=[])
    torch.testing.assert_close(same.logits, plain.logits, rtol=0, atol=0)
    torch.testing.assert_close(same.attentions, plain.attentions, rtol=0, atol=0)
    together = ph.without_head(TEXTS, model, tokenizer, heads=[(1, 0)])
    alone = [ph.without_head(text, model, tokenizer, heads=[(1, 0)]).logits for text in TEXTS]
    close(together.logits, torch.cat(alone))


def test_mpnet_too():
    from transformers import AutoModelForSequenceClassification, MPNetConfig

    tokenizer = models.byte_level()
    torch.manual_seed(0)
    config = MPNetConfig(vocab_size=len(tokenizer), **{**models.ROBERTA, "num_labels": 3})
    model = AutoModelForSequenceClassification.from_config(config).eval()
    removed = ph.without_head(TEXTS[0], model, tokenizer, heads=[(1, 1)])
    names = [f"mpnet.encoder.layer.{layer}.attention.attn.o" for layer in range(2)]
    modules = dict(model.named_modules())
    hook = modules[names[1]].register_forward_pre_hook(lambda _, args: (args[0] * (torch.arange(32) < 16),))
    with torch.no_grad():
        close(removed.logits, model(**tokenizer(TEXTS[0], return_tensors="pt")).logits)
    hook.remove()


def test_a_model_without_the_attention_matrix_is_asked_for_it_and_left_as_it_was():
    model, tokenizer, _ = models.make("distilbert")
    model.set_attn_implementation("sdpa")
    inputs = tokenizer(TEXTS[0], return_tensors="pt")
    close(ph.without_head(TEXTS[0], model, tokenizer, heads=[(0, 0)]).logits, by_hand(model, inputs, [(0, 0)]))
    assert model.config._attn_implementation == "sdpa"


def hooks_of(model):
    return [
        hooks
        for module in model.modules()
        for hooks in (module._forward_hooks, module._forward_pre_hooks)
        if hooks and module is not None
    ]


def test_nothing_stays_behind_also_after_an_error(loaded):
    model, tokenizer = loaded
    plain = ph.trace(TEXTS, model=model, tokenizer=tokenizer).logits
    before = hooks_of(model)
    ph.without_head(TEXTS, model, tokenizer, heads=[(0, 0), (5, 11)])
    with pytest.raises(ValueError, match="heads holds"):
        ph.without_head(TEXTS, model, tokenizer, heads=[(0, 0), (6, 0)])
    broken = model.classifier.register_forward_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ph.without_head(TEXTS, model, tokenizer, heads=[(0, 0)])
    broken.remove()
    assert hooks_of(model) == before
    torch.testing.assert_close(ph.trace(TEXTS, model=model, tokenizer=tokenizer).logits, plain, rtol=0, atol=0)


def test_another_thread_that_uses_the_model_meanwhile_gets_the_whole_answer(loaded):
    """The other thread runs the whole model while this one is inside it, with its first layer behind it."""
    model, tokenizer = loaded
    inputs = tokenizer(TEXTS[0], return_tensors="pt")
    with torch.no_grad():
        whole = model(**inputs).logits
    expected = by_hand(model, inputs, [(0, 3), (1, 4)])
    with models.another_thread_inside(model, inputs) as answers:
        removed = ph.without_head(TEXTS[0], model, tokenizer, heads=[(0, 3), (1, 4)]).logits
    close(removed, expected)
    assert answers
    for answer in answers:
        torch.testing.assert_close(answer, whole, rtol=0, atol=0)


def test_an_attention_that_is_no_softmax_over_all_tokens_is_refused():
    model, tokenizer, _ = models.make("longformer")
    with pytest.raises(ValueError, match=r"model is a Longformer.* can't be removed"):
        ph.without_head(TEXTS[0], model, tokenizer, heads=[(0, 0)])


@pytest.mark.parametrize(
    ("heads", "error", "message"),
    [
        ([(6, 0)], ValueError, r"heads holds \(6, 0\); model has 6 layers of 12 heads"),
        ([(0, 12)], ValueError, r"heads holds \(0, 12\)"),
        ([(-1, 0)], ValueError, r"heads holds \(-1, 0\)"),
        ([(0, -1)], ValueError, r"heads holds \(0, -1\)"),
        ((3, 9), TypeError, r"heads holds 3; each is a pair"),
        ([(0.5, 1)], TypeError, "heads holds"),
        ("39", TypeError, "heads is '39'"),
        (3, TypeError, "heads is 3"),
    ],
)
def test_heads_that_are_not_there_are_refused(loaded, heads, error, message):
    with pytest.raises(error, match=message):
        ph.without_head(TEXTS, *loaded, heads=heads)


def test_a_trace_of_another_model_is_refused(trace):
    with pytest.raises(ValueError, match="not the model that made this trace"):
        ph.without_head(trace, models.make("distilbert")[0], heads=[(0, 0)])
