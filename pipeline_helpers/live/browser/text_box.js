// A <textarea> inside its label. Each change goes to the kernel at once; the kernel decides when to compute.
function render({ model, el, signal }) {
  keepKeys(el);
  const field = document.createElement("label");
  field.className = "ph-field";
  const name = document.createElement("span");
  const box = document.createElement("textarea");
  box.rows = 1;
  box.dir = "auto";
  box.lang = ""; // what is typed may be in any
  box.spellcheck = false;
  field.append(name, box);
  box.addEventListener("input", () => {
    model.set("value", box.value.toWellFormed());
    model.save_changes();
  });
  // Without a kernel nobody reads what is typed: the box takes nothing, and a key brings the view's sentence again. Nor
  // does it scroll the page, as the space bar and End would.
  box.addEventListener("keydown", (event) => {
    const types = /^(.|Enter|Backspace|Delete|Home|End|Page.+|Arrow.+)$/u.test(event.key);
    if (!isGone(el) || !types || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    for (const line of el.closest(".ph-view")?.querySelectorAll(".ph-gone") ?? []) {
      line.scrollIntoView({ block: "nearest" });
      line.replaceWith(line.cloneNode(true)); // put in anew, it is read aloud anew
    }
  });
  const update = () => {
    box.readOnly = isGone(el);
    name.textContent = said(model, el, "label");
    box.placeholder = said(model, el, "hint");
    if (box.value !== model.get("value")) box.value = model.get("value");
  };
  update();
  model.on("change", update);
  onKernel({ model, el, signal }, update);
  el.append(field);
  return () => model.off("change", update);
}
export default { initialize, render };
