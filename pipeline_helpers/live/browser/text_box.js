// A <textarea> inside its label. Each change goes to the kernel at once; the kernel decides when to compute.
function render({ model, el }) {
  keepKeys(el);
  const field = document.createElement("label");
  field.className = "ph-field";
  const name = document.createElement("span");
  const box = document.createElement("textarea");
  box.rows = 1;
  box.dir = "auto";
  box.spellcheck = false;
  field.append(name, box);
  box.addEventListener("input", () => {
    model.set("value", box.value.toWellFormed());
    model.save_changes();
  });
  const update = () => {
    name.textContent = model.get("label");
    box.placeholder = model.get("hint");
    if (box.value !== model.get("value")) box.value = model.get("value");
  };
  update();
  model.on("change", update);
  el.append(field);
  return () => model.off("change", update);
}
export default { render };
