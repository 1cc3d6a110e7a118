// A small switch in the upper right corner of the notebook, in sight while no switch of its cells is. In JupyterLab it
// stands beside the toolbar, so that it is over nothing; on Voila's page, in the corner of the window.
function cornerOf(notebook, model) {
  const panel = notebook.closest(".jp-NotebookPanel") ?? notebook;
  const { ph } = model.widget_manager;
  ph.corners ??= new Map();
  if (ph.corners.has(panel)) return ph.corners.get(panel);

  const group = document.createElement("div");
  group.className = "ph-corner";
  group.setAttribute("role", "region"); // a landmark, as Voila's page has none around it
  group.addEventListener("keydown", (event) => event.stopPropagation()); // JupyterLab takes keys as its own
  const buttons = model.get("names").map(([lang, name]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.lang = lang;
    button.title = name;
    button.textContent = lang.toUpperCase();
    button.setAttribute("data-lm-suppress-shortcuts", "true");
    button.addEventListener("click", () => {
      const hold = held(notebook);
      model.set("lang", lang);
      model.save_changes();
      hold();
    });
    group.append(button);
    return button;
  });
  panel.prepend(group);
  panel.classList.add("ph-cornered");

  const seen = new Map(); // each switch in this notebook, and whether it is in view
  const corner = {
    see(el, inView) {
      seen.set(el, inView);
      group.classList.toggle("ph-off", [...seen.values()].some(Boolean));
    },
    gone(el) {
      seen.delete(el);
      if (seen.size) return;
      group.remove();
      panel.classList.remove("ph-cornered");
      ph.corners.delete(panel);
    },
    update() {
      group.setAttribute("aria-label", model.get("corner")[model.get("lang")]);
      for (const button of buttons) button.setAttribute("aria-pressed", String(button.lang === model.get("lang")));
    },
  };
  ph.corners.set(panel, corner);
  corner.update();
  return corner;
}

// The cell that is being read, held where it is while the texts above it change their height; for half a second, as
// JupyterLab measures its cells late, or until the reader goes on: what Tab brings into view stays there.
function held(notebook) {
  const cells = [...notebook.querySelectorAll(".jp-Cell")];
  let scroller = cells[0];
  do scroller = scroller?.parentElement;
  while (scroller && !(/auto|scroll/.test(getComputedStyle(scroller).overflowY) && scroller.scrollHeight > scroller.clientHeight));
  scroller ??= document.scrollingElement;
  const top = Math.max(0, scroller.getBoundingClientRect().top);
  const cell = cells.find((part) => part.getBoundingClientRect().bottom > top + 40);
  const place = cell?.getBoundingClientRect().top;
  const end = new AbortController();
  const { signal } = end;
  for (const name of ["keydown", "pointerdown", "touchmove", "wheel"]) {
    window.addEventListener(name, () => end.abort(), { capture: true, passive: true, signal });
  }
  let frames = 30;
  const hold = () => {
    if (signal.aborted) return;
    if (!cell?.isConnected || !frames--) return end.abort();
    scroller.scrollTop += cell.getBoundingClientRect().top - place;
    requestAnimationFrame(hold);
  };
  return hold;
}

