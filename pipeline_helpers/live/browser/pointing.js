// What is pointed at, with the mouse or by the focus, and one Tab stop a group. Both take a box whose content may change,
// and return what to call once it has.

// `point` gets the element with `data-at` that is pointed at, or null.
function pointing(box, point) {
  // Whoever pointed last counts. A mouse points when it moves, and not when something comes to lie under it.
  let mouseWasLast = false;
  const follow = () => {
    const mouse = box.querySelector("[data-at]:hover");
    const keys = box.contains(document.activeElement) ? document.activeElement : null;
    point((mouseWasLast ? mouse ?? keys : keys ?? mouse)?.closest("[data-at]") ?? null);
  };
  const by = (withMouse) => () => {
    if (withMouse && mouseWasLast) return; // it moves many times a second
    mouseWasLast = withMouse;
    follow();
  };
  box.addEventListener("mousemove", by(true));
  box.addEventListener("focusin", by(false));
  for (const name of ["mouseover", "mouseleave", "focusout"]) box.addEventListener(name, follow);
  return follow;
}

// In an element with `data-keys`: one Tab stop, at what is chosen or where the focus was; inside it arrows, Home and End.
// Where it is a table, `data-keys` says how many columns it has.
function arrowKeys(box) {
  const stops = new WeakMap();
  const itemsOf = (group) => [...group.querySelectorAll("[tabindex]")];
  const setStops = () => {
    for (const group of box.querySelectorAll("[data-keys]")) {
      const items = itemsOf(group);
      const last = items.includes(stops.get(group)) ? stops.get(group) : items[0];
      const stop = items.find((item) => item.getAttribute("aria-checked") === "true") ?? last;
      for (const item of items) item.tabIndex = item === stop ? 0 : -1;
    }
  };
  box.addEventListener("focusin", ({ target }) => {
    const group = target.closest("[data-keys]");
    if (!group || !target.hasAttribute("tabindex")) return;
    stops.set(group, target);
    setStops();
  });
  box.addEventListener("keydown", (event) => {
    const group = event.target.closest("[data-keys]");
    if (!group) return;
    const items = itemsOf(group);
    const here = items.indexOf(event.target);
    const columns = Number(group.dataset.keys) || 1;
    const place = { ArrowRight: here + 1, ArrowDown: here + columns, ArrowLeft: here - 1, ArrowUp: here - columns,
      Home: 0, End: items.length - 1 }[event.key];
    if (here < 0 || place === undefined) return;
    event.preventDefault();
    items[place]?.focus();
  });
  return setStops;
}
