// A button a language. The notebook wears the class of the one chosen, which changes in the browser itself, so that the
// prose follows even while the kernel is busy. It is the notebook and not the switch, since JupyterLab takes cells that
// are out of view off the page.
function render({ model, el }) {
  const group = document.createElement("div");
  group.className = "ph-switch";
  group.setAttribute("role", "group");
  const buttons = model.get("names").map(([lang, name]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.lang = lang;
    button.textContent = name;
    button.addEventListener("click", () => {
      model.set("lang", lang);
      model.save_changes();
    });
    group.append(button);
    return button;
  });
  let notebook = null;
  let corner = null;
  const update = () => {
    const chosen = model.get("lang");
    group.setAttribute("aria-label", model.get("labels")[chosen]);
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.lang === chosen));
    document.getElementById("rendered_cells")?.setAttribute("role", "main"); // Voila's page names no part of itself
    if (el.isConnected) notebook = el.closest(".jp-Notebook") ?? document.body;
    for (const { lang } of buttons) notebook?.classList.toggle(`ph-${lang}`, lang === chosen);
    corner?.update();
    model.widget_manager.ph.language = chosen;
    model.widget_manager.ph.dispatchEvent(new Event("language"));
  };
  model.on("change:lang", update);
  el.append(group);
  const arrival = new IntersectionObserver((changes) => {
    update();
    // Other hosts show each output on a page of its own, which has no corner.
    if (notebook?.matches(".jp-Notebook")) corner ??= cornerOf(notebook, model);
    corner?.see(el, changes.at(-1).isIntersecting);
  });
  arrival.observe(group);
  update();
  return () => {
    model.off("change:lang", update);
    arrival.disconnect();
    corner?.gone(el);
  };
}
export default { initialize, render };
