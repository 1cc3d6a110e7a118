// The heads of all layers as a menu of small pictures, and the sentence twice, with lines from the token pointed at to
// those that it looks at. Choosing a head or switching it off asks the kernel; pointing does not.
const ROW = 26; // pixels from one token to the next
const LEAST = 0.005; // a smaller weight would read 0.00
const AT_REST = 0.1; // the smallest weight that has a line while nobody points
const MOST = 5; // so many weights are said in words
const STEPS = 16; // widths of lines

function make(name, attributes = {}, ...children) {
  const svg = ["svg", "g", "path"].includes(name);
  const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function render({ model, el, signal }) {
  keepKeys(el);
  const box = make("div", { class: "ph-panel ph-heads", role: "group" });
  const phrase = (name, values) => said(model, el, "said")[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
  let tokens, weights, parts, asked;

  const padding = (place) => tokens[place][1].includes("ph-padding");
  const weight = (side, place, other) =>
    weights[side ? other * tokens.length + place : place * tokens.length + other] / 65535;
  // Who looks (side 0) at whom and how much, or who is looked at (1) by whom; the rows of padding are of no use.
  const linksOf = (side, place, least) => padding(place) ? [] : tokens.flatMap((_, other) => {
    const found = weight(side, place, other);
    return found < least || padding(other) ? [] : [[other, found]];
  });
  const nameOf = (place) => {
    const [text] = tokens[place];
    return tokens.some(([other], at) => other === text && at !== place) ? `${text} (${place})` : text;
  };
  const inWords = (side, place) => {
    const token = nameOf(place);
    if (padding(place)) return phrase("padding", { token });
    const links = linksOf(side, place, LEAST).sort(([, one], [, other]) => other - one).slice(0, MOST);
    const listed = links.map(([other, found]) => `${nameOf(other)} ${found.toFixed(2)}`).join(", ");
    return phrase(side ? "seen" : "looks", { token, links: listed || "–" });
  };

  // Lines as wide as their weights are large; those of about one weight are one path.
  const lines = (side, links) => {
    const paths = new Map();
    for (const [place, other, found] of links) {
      const [from, to] = (side ? [other, place] : [place, other]).map((token) => (token + 0.5) * ROW);
      const step = Math.ceil(found * STEPS);
      paths.set(step, `${paths.get(step) ?? ""}M0 ${from}C40 ${from} 60 ${to} 100 ${to}`);
    }
    return [...paths].sort(([one], [other]) => one - other).map(([step, d]) => make("path", {
      d, "stroke-width": (0.5 + (7 * step) / STEPS).toFixed(2), "stroke-opacity": (0.2 + (0.8 * step) / STEPS).toFixed(2),
    }));
  };
  const point = (node) => {
    const picture = box.querySelector(".ph-lines");
    if (!picture) return;
    const [side, place] = node ? node.dataset.at.split("-").map(Number) : [0, null];
    const links = node ? linksOf(side, place, LEAST).map((link) => [place, ...link])
      : tokens.flatMap((_, from) => linksOf(0, from, AT_REST).map((link) => [from, ...link]));
    picture.replaceChildren(...lines(side, links));
    picture.classList.toggle("ph-at-rest", !node);
    const shown = new Map(node ? links.map(([, other, found]) => [`${1 - side}-${other}`, found.toFixed(2)]) : []);
    for (const [part, number] of parts) {
      part.classList.toggle("ph-pointed", part === node);
      part.setAttribute("aria-selected", String(part === node));
      const text = shown.get(part.dataset.at) ?? "";
      if (number.textContent !== text) number.textContent = text;
    }
    box.querySelector(".ph-detail").textContent = node ? node.getAttribute("aria-label") : phrase("point");
  };

  const headName = (layer, head) =>
    phrase("head", { number: layer + 1, count: model.get("shape")[0], layer, head });
  const isOff = (layer, head) => model.get("off").some(([one, other]) => one === layer && other === head);
  const menu = () => {
    const [layers, heads, side] = model.get("shape");
    const chosen = String(model.get("chosen"));
    const named = (text) => make("span", { "aria-hidden": "true" }, text);
    const button = (layer, head) => {
      const off = isOff(layer, head);
      return make("button", {
        type: "button", role: "radio", tabindex: -1, "data-head": `${layer} ${head}`, class: off ? "ph-off" : null,
        "aria-checked": String(chosen === String([layer, head])),
        "aria-label": headName(layer, head) + (off ? `, ${phrase("is_off")}` : ""),
      }, make("canvas", { width: side, height: side }));
    };
    const all = (count) => [...Array(count).keys()];
    return make("div", {
      class: "ph-menu", role: "radiogroup", "aria-label": phrase("menu"), "data-keys": heads,
      style: `--ph-columns: ${heads}`,
    }, named(""), ...all(heads).map((head) => named(String(head))), ...all(layers).flatMap((layer) =>
      [named(phrase("layer", { number: layer + 1 })), ...all(heads).map((head) => button(layer, head))]));
  };
  const drawMenu = () => {
    const [, heads, side] = model.get("shape");
    const [pixels, palette] = [model.get("thumbnails"), model.get("palette")];
    for (const canvas of box.querySelectorAll("canvas")) {
      const [layer, head] = canvas.parentElement.dataset.head.split(" ").map(Number);
      const image = new ImageData(side, side);
      const first = (layer * heads + head) * side * side;
      for (let pixel = 0; pixel < side * side; pixel++) {
        const colour = 3 * pixels.getUint8(first + pixel);
        for (let part = 0; part < 3; part++) image.data[4 * pixel + part] = palette.getUint8(colour + part);
        image.data[4 * pixel + 3] = 255;
      }
      canvas.getContext("2d").putImageData(image, 0, 0);
    }
  };
  const column = (side) => make("div", {
    class: "ph-column", role: "listbox", "data-keys": "", "aria-label": phrase(side ? "keys" : "queries"),
  }, ...tokens.map(([text, kind], place) => {
    const token = make("span", {
      class: kind, role: "option", tabindex: -1, "data-at": `${side}-${place}`, "aria-label": inWords(side, place),
    }, make("b", { lang: "", dir: "auto" }, text));
    const number = make("span", { class: "ph-weight", "aria-hidden": "true" });
    return make("div", { role: "none" }, ...(side ? [token, number] : [number, token]));
  }));

  const content = () => {
    tokens = model.get("tokens");
    if (!tokens.length) return [];
    const bytes = model.get("weights");
    weights = new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    const [layer, head] = model.get("chosen");
    const toggle = make("button", {
      type: "button", class: "ph-toggle ph-worded", "aria-pressed": String(isOff(layer, head)), "data-action": `off ${layer} ${head}`,
    }, phrase("without"));
    const heading = (name) => make("p", { "aria-hidden": "true" }, phrase(name));
    const height = tokens.length * ROW;
    const left = [
      make("p", { class: "ph-chosen" }, make("strong", {}, headName(layer, head))), make("p", {}, toggle),
      make("p", { class: "ph-quiet", "aria-hidden": "true" }, phrase("menu")), menu(),
      make("p", { class: "ph-detail" }),
    ];
    const right = [
      make("div", { class: "ph-names" }, heading("queries"), heading("keys")),
      make("div", { class: "ph-links" }, column(0), make("svg", {
        class: "ph-lines", viewBox: `0 0 100 ${height}`, height, preserveAspectRatio: "none", "aria-hidden": "true",
      }), column(1)),
    ];
    const folded = model.get("folded");
    if (folded) right.push(make("p", { class: "ph-quiet" }, phrase("hidden", { count: folded })));
    if (model.get("off").length) right.push(make("p", { class: "ph-quiet" }, phrase("whole")));
    return [make("div", { class: "ph-two" }, make("div", {}, ...left), make("div", {}, ...right))];
  };

  const follow = pointing(box, point);
  const setStops = arrowKeys(box);
  const ask = (action) => model.send({ action });
  const choose = ({ target }) => {
    const button = target.closest("[data-head]");
    if (!button || button.disabled || button.dataset.head === asked) return;
    asked = button.dataset.head;
    if (button.getAttribute("aria-checked") !== "true") ask(`head ${asked}`);
  };
  box.addEventListener("focusin", choose); // as in any group of radio buttons, the arrows choose
  box.addEventListener("click", choose); // not every browser gives a button the focus that is clicked
  box.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-action]");
    if (button) ask(button.dataset.action);
  });

  const update = () => {
    asked = null;
    const made = make("div", {}, ...content());
    box.setAttribute("aria-label", said(model, el, "label"));
    patchChildren(box, made);
    for (const button of box.querySelectorAll("button")) button.disabled = isGone(el);
    parts = [...box.querySelectorAll("[data-at]")].map((part) => [part, part.parentElement.querySelector(".ph-weight")]);
    drawMenu();
    setStops();
    follow();
  };
  update();
  model.on("change", update);
  onKernel({ model, el, signal }, update);
  el.append(box);
  return () => model.off("change", update);
}
export default { initialize, render };
