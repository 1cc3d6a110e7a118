// An <input type="range"> inside its label, and its value beside it. With `log` equal ways along it are equal factors,
// and `step` is the share that a step adds: it is as fine at 0.05 as at 20, and has a place for the middle (1, there).
function scaleOf(model) {
  const [min, max, step] = ["min", "max", "step"].map((name) => model.get(name));
  if (!model.get("log")) return { min, max, step, place: (value) => value, value: (place) => place };
  const half = Math.max(1, Math.round(Math.log(max / min) / Math.log1p(step) / 2));
  const [middle, factor] = [Math.sqrt(min * max), (max / min) ** (0.5 / half)];
  return {
    min: -half, max: half, step: 1,
    place: (value) => Math.round(Math.log(value / middle) / Math.log(factor)),
    value: (place) => Number((middle * factor ** place).toPrecision(3)),
  };
}

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
    model.set("value", scaleOf(model).value(slider.valueAsNumber));
    model.save_changes();
  });
  const update = () => {
    const [value, digits, scale] = [model.get("value"), model.get("digits"), scaleOf(model)];
    const shown = model.get("log") ? value.toPrecision(3) : value.toFixed(digits).replace(/^-(?=[0.]+$)/, "");  // no "-0.00"
    name.textContent = said(model, el, "label");
    for (const limit of ["min", "max", "step"]) slider[limit] = scale[limit];
    slider.valueAsNumber = scale.place(value);
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
