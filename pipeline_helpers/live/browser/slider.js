// An <input type="range"> inside its label, and its value beside it.
function render({ model, el, signal }) {
  keepKeys(el);
  const field = document.createElement("label");
  field.className = "ph-slider";
  const name = document.createElement("span");
  const slider = document.createElement("input");
  slider.type = "range";
  const number = document.createElement("output");
  number.setAttribute("aria-hidden", "true"); // the slider says its value itself
  field.append(name, slider, number);
  slider.addEventListener("input", () => {
    model.set("value", slider.valueAsNumber);
    model.save_changes();
  });
  const update = () => {
    const shown = model.get("value").toFixed(model.get("digits")).replace(/^-(?=[0.]+$)/, "");  // no "-0.00"
    name.textContent = said(model, el, "label");
    for (const limit of ["min", "max", "step"]) slider[limit] = model.get(limit);
    slider.valueAsNumber = model.get("value");
    slider.setAttribute("aria-valuetext", shown);
    number.textContent = shown;
    slider.disabled = isGone(el);
  };
  update();
  model.on("change", update);
  onKernel({ model, el, signal }, update);
  el.append(field);
  return () => model.off("change", update);
}
export default { initialize, render };
