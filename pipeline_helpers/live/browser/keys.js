// Stands before each of the other scripts. JupyterLab takes keys as its own: by a listener on the whole notebook, and
// by shortcuts, unless the focused element itself forbids it.
function keepKeys(el) {
  el.addEventListener("keydown", (event) => event.stopPropagation());
  el.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
}

