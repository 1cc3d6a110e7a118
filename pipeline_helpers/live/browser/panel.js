// A panel of HTML that changes in place.
function render({ model, el, signal }) {
  keepKeys(el);
  const box = document.createElement("div");
  box.className = "ph-panel";

  // Everything with the same data-at is the same token: its letters in the text, its piece, its id.
  const point = (node) => {
    const pointed = node?.dataset.at ?? null;
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
  const follow = pointing(box, point);
  const setStops = arrowKeys(box);
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    if (!button) return;
    acted ||= button.type !== "radio"; // which goes on to nothing
    model.send({ action: button.dataset.action });
  });
  box.addEventListener("submit", (event) => event.preventDefault()); // Enter in a form clicks its button

  // Where the reader goes on: the focus follows what has another data-focus than before, once a button was pressed.
  let acted = false;
  let focused = null;
  const setFocus = (here) => {
    const next = box.querySelector("[data-focus]");
    if ((next?.dataset.focus ?? null) === focused) return;
    if (acted && here && next) next.focus();
    focused = next?.dataset.focus ?? null;
    acted = false;
  };

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
    const here = box.contains(document.activeElement) || document.activeElement === document.body;
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
    setFocus(here);
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
