// A panel of HTML that changes in place: only what is different is touched.
function patch(old, next) {
  if (old.nodeName !== next.nodeName) return old.replaceWith(next);
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && name !== "data-lm-suppress-shortcuts") old.removeAttribute(name);
  }
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  patchChildren(old, next);
}

function patchChildren(old, next) {
  const [before, after] = [[...old.childNodes], [...next.childNodes]];
  after.forEach((node, place) => (place < before.length ? patch(before[place], node) : old.append(node)));
  before.slice(after.length).forEach((node) => node.remove());
}

function render({ model, el, signal }) {
  keepKeys(el);
  const box = document.createElement("div");
  box.className = "ph-panel";

  // Everything with the same data-at is the same token: its letters in the text, its piece, its id.
  const point = (node) => {
    const pointed = node?.closest("[data-at]")?.dataset.at ?? null;
    let detail = null;
    for (const part of box.querySelectorAll("[data-at]")) {
      const same = part.dataset.at === pointed;
      part.classList.toggle("ph-pointed", same);
      if (part.getAttribute("role") === "option") part.setAttribute("aria-selected", String(same));
      if (same) detail ??= part.dataset.detail;
    }
    const line = box.querySelector("[data-shows-detail]");
    if (line) line.textContent = detail ?? line.dataset.showsDetail;
  };
  // Whoever pointed last counts. A mouse points when it moves, and not when something comes to lie under it.
  let mouseWasLast = false;
  const follow = () => {
    const mouse = box.querySelector("[data-at]:hover");
    const keys = box.contains(document.activeElement) ? document.activeElement : null;
    point(mouseWasLast ? mouse ?? keys : keys ?? mouse);
  };
  const pointing = (withMouse) => () => {
    if (withMouse && mouseWasLast) return; // it moves many times a second
    mouseWasLast = withMouse;
    follow();
  };
  box.addEventListener("mousemove", pointing(true));
  box.addEventListener("focusin", pointing(false));
  for (const name of ["mouseover", "mouseleave", "focusout"]) box.addEventListener(name, follow);

  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    if (button) model.send({ action: button.dataset.action });
  });

  // One Tab stop a group, where the focus was; inside it, arrows, Home and End.
  const stops = new WeakMap();
  const itemsOf = (group) => [...group.querySelectorAll("[tabindex]")];
  const setStops = () => {
    for (const group of box.querySelectorAll("[data-keys]")) {
      const items = itemsOf(group);
      const stop = items.includes(stops.get(group)) ? stops.get(group) : items[0];
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
    const place = { ArrowRight: here + 1, ArrowDown: here + 1, ArrowLeft: here - 1, ArrowUp: here - 1,
      Home: 0, End: items.length - 1 }[event.key];
    if (here < 0 || place === undefined) return;
    event.preventDefault();
    items[Math.max(0, Math.min(place, items.length - 1))].focus();
  });

  // What scrolls has to be within reach of the keyboard, and what does not is no stop on its way.
  const setScrolls = () => {
    for (const part of [box, ...box.querySelectorAll("[data-scrolls]")]) {
      const scrolls = part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1;
      if (part !== box) part.setAttribute("role", scrolls ? "region" : "group");
      if (scrolls) part.tabIndex = 0;
      else part.removeAttribute("tabindex");
    }
  };
  const sizes = new ResizeObserver(setScrolls);
  sizes.observe(box);

  const update = () => {
    const gone = isGone(el);
    const html = (gone ? model.get("gone") : "") + said(model, el, "html");
    box.setAttribute("role", model.get("role"));
    if (said(model, el, "label")) box.setAttribute("aria-label", said(model, el, "label"));
    // A result that makes room for an error keeps its place, so that the page does not jump.
    const keeps = !html && model.get("role") === "group";
    box.style.minHeight = keeps && box.offsetHeight ? `${box.offsetHeight}px` : "";
    // Parsed apart: in such a document nothing loads and nothing runs.
    patchChildren(box, new DOMParser().parseFromString(html, "text/html").body);
    for (const button of box.querySelectorAll("[data-action]")) button.disabled = gone;
    setStops();
    setScrolls();
    follow();
  };
  update();
  model.on("change", update);
  onKernel({ model, el, signal }, update);
  el.append(box);
  return () => {
    model.off("change", update);
    sizes.disconnect();
  };
}
export default { initialize, render };
