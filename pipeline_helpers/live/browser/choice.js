// A named group of buttons; the pressed one says so. Enter and Space press, as in any button.
function render({ model, el, signal }) {
  keepKeys(el);
  const group = document.createElement("div");
  group.className = "ph-choice";
  group.setAttribute("role", "group");
  const name = document.createElement("span");
  name.setAttribute("aria-hidden", "true"); // it is the group's name already
  const buttons = model.get("options").map((option) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = option;
    button.addEventListener("click", () => {
      model.set("value", option);
      model.save_changes();
    });
    return button;
  });
  group.append(name, ...buttons);
  const update = () => {
    name.textContent = said(model, el, "label");
    group.setAttribute("aria-label", said(model, el, "label"));
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.textContent === model.get("value")));
      button.disabled = isGone(el);
    }
  };
  update();
  model.on("change", update);
  onKernel({ model, el, signal }, update);
  el.append(group);
  return () => model.off("change", update);
}
export default { initialize, render };
