// Divides each section of a lesson into slides before reveal.js starts, since reveal.js scales slides and does not ask
// whether what is on them fits. All letters have one size: what is too long goes on to the next slide. Of all the ways
// to divide a section the cheapest is taken: one that leaves no slide nearly empty, parts no figure from a sentence
// about it and no answer from its question, and keeps to the lesson's own slides where it can.
(() => {
  const WIDTH = 1280, HEIGHT = 720;
  const TOP = 50, BOTTOM = 36, SIDE = 60;   // pixels that stay free; beside a figure the sides are narrower
  const NARROW = 36, GAP = 28, COLUMN = 380;
  const ROOM = HEIGHT - TOP - BOTTOM;
  const SMALLEST = 0.96;                    // of a figure: its letters of 12 points are 16 pixels high then
  const WIDEST = 1.4;                       // of a figure: wider, its pixels would be seen
  const BREAK = { start: 0, cell: 0.12, part: 0.35, never: 50 };
  const ALONE = 3, MERGED = 0.04, TOPICS = 0.4, CROWDED = 0.4, EMPTY = 2, LONE = 0.15;

  const all = (box, selector) => [...box.querySelectorAll(selector)];

  // What stands in a section, part by part: { part, start, kind, step }. `start`: what is broken by beginning a slide
  // with this part. `step`: parts of the same number appear together, at the presenter's next step.
  function partsOf(section) {
    const parts = [];
    let steps = 0;
    const add = (part, start, kind, step) => {
      const before = parts.at(-1);
      if (before && (before.kind === "heading" || (kind === "answer" && before.kind === "text"))) start = "never";
      if (part.tagName === "P" && part.nextElementSibling?.tagName === "DETAILS" && start === "part") start = "cell";
      parts.push({ part, start, kind, step });
    };
    const addCell = (cell, start, step) => {
      if (cell.matches(".fragment")) {
        steps += 1;
        for (const inner of [...cell.children]) { addCell(inner, start, steps); start = "cell"; }
      } else if (cell.matches("aside")) {
        if (parts.length) (parts.at(-1).notes ??= []).push(cell);
      } else if (cell.matches(".jp-CodeCell")) {
        const pictured = cell.querySelector("img");  // on a slide nobody reads how a figure is made
        const shown = all(cell, pictured ? ".jp-OutputArea-output" : ".jp-InputArea-editor, .jp-OutputArea-output");
        const asked = shown.flatMap(questions);
        for (const part of asked.length ? asked : shown) {
          const code = part.matches(".jp-InputArea-editor");
          add(part, start, part.querySelector("img") ? "picture" : asked.length ? "question" : code ? "code" : "result", step);
          start = "part";
        }
      } else {
        const box = cell.querySelector(".jp-RenderedHTMLCommon") ?? cell;
        for (const part of pieces(box)) {
          const kind = /^H[1-3]$/.test(part.tagName) ? "heading" : part.tagName === "DETAILS" ? "answer" : "text";
          add(part, start, kind, step);
          start = "part";
        }
      }
    };
    const slides = all(section, "section");
    for (const slide of slides.length ? slides : [section]) {
      let start = "start";
      for (const cell of [...slide.children]) { addCell(cell, start, 0); start = "cell"; }
    }
    return parts;
  }

  // The children of a text; a list that is longer than a slide is one of its points each.
  function pieces(box) {
    return [...box.children].flatMap((part) => {
      if (!/^[UO]L$/.test(part.tagName) || part.getBoundingClientRect().height < ROOM * 0.7) return [part];
      let number = part.start || 1;
      return [...part.children].map((point) => {
        const list = part.cloneNode(false);
        if (part.tagName === "OL") list.start = number++;
        list.append(point);
        return list;
      });
    });
  }

  // The questions of a quiz that is longer than a slide, one by one; of anything else none.
  function questions(result) {
    const list = result.querySelector("ol");
    if (!list || result.querySelector("img") || result.getBoundingClientRect().height < ROOM * 0.7) return [];
    return pieces(list.parentElement).filter((part) => part.tagName === "OL").map((question) => {
      const box = result.cloneNode(false);
      box.append(question);
      return box;
    });
  }

  // How high each part is, in the width of a slide and in that beside a figure.
  function measure(parts, bench) {
    for (const [name, width] of [["high", WIDTH - 2 * SIDE], ["tall", COLUMN]]) {
      bench.style.width = `${width}px`;
      bench.classList.toggle("narrow", name === "tall");
      for (const one of parts) {
        bench.replaceChildren(one.part);
        if (one.kind === "picture") one.part.classList.add("bare");
        one[name] = bench.getBoundingClientRect().height;
        if (name === "high") one.wide = one.part.scrollWidth > width + 1;
        else one.narrow = [one.part, ...all(one.part, "*")].every((p) => p.closest("math") || p.scrollWidth <= p.clientWidth + 1 || !p.clientWidth);
        one.part.classList.remove("bare");
      }
    }
    for (const one of parts.filter(({ kind }) => kind === "picture")) {
      const image = one.part.querySelector("img");
      one.width = parseFloat(image.style.width) || image.naturalWidth;  // in which letters have the size of the figure
      one.shape = image.naturalHeight / image.naturalWidth;
    }
  }

  // How parts `from` to `to` stand on a slide: { scale, beside, full }, or null where they don't fit.
  function arranged(parts, from, to) {
    const these = parts.slice(from, to);
    const sum = (name, which) => which.reduce((total, one) => total + one[name], 0);
    const high = sum("high", these);
    const pictures = these.filter(({ kind }) => kind === "picture");
    if (pictures.length > 1) return null;
    if (!pictures.length) return high <= ROOM ? { full: high / ROOM } : null;
    const [{ width, shape }] = pictures;
    const below = Math.min(WIDEST, (WIDTH - 2 * SIDE) / width, (ROOM - high) / shape / width);
    const heads = sum("high", these.filter(({ kind }) => kind === "heading"));
    const texts = these.filter(({ kind }) => kind !== "heading" && kind !== "picture");
    const fits = texts.length && sum("tall", texts) <= ROOM - heads && texts.every(({ narrow }) => narrow);
    const across = WIDTH - 2 * NARROW - GAP - COLUMN;
    const beside = fits ? Math.min(WIDEST, across / width, (ROOM - heads) / shape / width) : 0;
    const scale = Math.max(below, beside);
    if (scale < SMALLEST && texts.length && scale < best(width, shape)) return null;
    return scale > 0.2 ? { scale, beside: beside > below, full: 1 } : null;
  }

  // How large a figure gets beside a text at the best. One that was drawn wider than the lessons' is never large enough.
  const best = (width, shape) => Math.min((WIDTH - 2 * NARROW - GAP - COLUMN) / width, (ROOM - 60) / shape / width) - 0.02;

  const speaks = ({ kind }) => kind === "text" || kind === "answer";

  function cost(parts, from, to) {
    const slide = arranged(parts, from, to);
    if (!slide && to - from > 1) return null;
    let sum = from ? BREAK[parts[from].start] : 0;
    const these = parts.slice(from, to);
    if (these.some(({ kind }) => kind === "picture") && !these.some(speaks)) sum += ALONE;
    if (from && parts[from].kind === "result") sum += BREAK.part;
    if (these.some(({ kind }) => kind === "picture")) sum += CROWDED * these.filter(({ kind }) => kind === "code").length;
    for (const { kind, start } of these.slice(1)) sum += start !== "start" ? 0 : kind === "heading" ? TOPICS : MERGED;
    return { sum: sum + LONE + (slide ? EMPTY * Math.max(0, 0.85 - slide.full) ** 2 : 0), slide: slide ?? { over: true } };
  }

  // The cheapest slides of `parts`: [{ parts, slide }].
  function divide(parts) {
    const cheapest = [{ sum: 0 }];
    for (let to = 1; to <= parts.length; to += 1) {
      for (let from = 0; from < to; from += 1) {
        const one = cost(parts, from, to);
        if (!one || !cheapest[from]) continue;
        const sum = cheapest[from].sum + one.sum;
        if (!cheapest[to] || sum < cheapest[to].sum) cheapest[to] = { sum, from, slide: one.slide };
      }
    }
    const slides = [];
    for (let to = parts.length; to; to = cheapest[to].from) {
      slides.unshift({ parts: parts.slice(cheapest[to].from, to), slide: cheapest[to].slide });
    }
    return slides;
  }

  function element(tag, name, ...children) {
    const made = document.createElement(tag);
    made.className = name;
    made.append(...children);
    return made;
  }

  // A result is shown at the presenter's next step, not beside the question; so is a figure that a question asks for.
  // But no slide begins empty.
  function inSteps(parts) {
    const asked = parts.some(({ kind }) => kind === "answer");
    let box = null, last = null;
    return parts.flatMap(({ part, kind, step, notes = [] }, at) => {
      const later = step || kind === "result" || kind === "question" || (kind === "picture" && asked && parts[at - 1]?.kind !== "heading");
      const shown = element("div", kind, part);
      if (!later || !parts.slice(0, at).some(({ kind: before }) => before !== "heading")) {
        box = null;
        return [shown, ...notes];
      }
      if (box && step && step === last) { box.append(shown); return notes; }
      box = element("div", "fragment", shown);
      last = step;
      return [box, ...notes];
    });
  }

  function build({ parts, slide }) {
    const section = document.createElement("section");
    const shown = inSteps(parts);
    if (slide.over) section.dataset.overflows = "";
    if (slide.beside) {
      const is = (kind) => (box) => box.matches(`.${kind}`) || box.querySelector(`:scope > .${kind}`);
      const heads = shown.filter(is("heading")), pictures = shown.filter(is("picture"));
      const texts = shown.filter((box) => !heads.includes(box) && !pictures.includes(box));
      section.append(...heads, element("div", "beside", element("div", "words", ...texts), element("div", "shown", ...pictures)));
    } else section.append(...shown);
    for (const image of all(section, "img")) {
      const { width } = parts.find(({ part }) => part.contains(image));
      image.dataset.drawn = width;
      image.style.width = `${Math.floor(width * (slide.scale ?? 1))}px`;
    }
    return section;
  }

  // Each slide without a heading says at its top where in the lesson it stands.
  function sayWhere(slides) {
    let title = "", section = "";
    for (const slide of slides) {
      const heading = slide.querySelector("h1,h2,h3");
      if (heading && heading.tagName === "H1") title = heading.textContent;
      if (heading) section = heading.textContent;
      const where = element("p", "where", heading || section === title ? title : [title, section].filter(Boolean).join(" — "));
      if (!heading || heading.tagName !== "H1") slide.prepend(where);
    }
  }

  addEventListener("load", () => {
    const deck = document.querySelector(".slides");
    const answers = all(deck, "details");
    all(deck, ".jp-Collapser").forEach((empty) => empty.remove());
    answers.forEach((answer) => { answer.open = true; });
    document.body.classList.add("measuring");
    const bench = element("section", "bench");
    deck.append(element("section", "", bench));
    const stacks = [...deck.children].filter((stack) => !stack.contains(bench));
    for (const stack of stacks) {
      const parts = partsOf(stack);
      measure(parts, bench);
      stack.replaceChildren(...divide(parts).map(build));
      if (!parts.length) stack.remove();
    }
    bench.parentElement.remove();
    sayWhere(all(deck, "section section"));
    answers.forEach((answer) => { answer.open = false; });
    document.body.classList.remove("measuring");
    Reveal.initialize({
      width: WIDTH, height: HEIGHT, margin: 0, center: false, hash: true, slideNumber: "c/t", transition: "none",
      navigationMode: "linear",  // a presenter's one button comes by every slide
      plugins: [RevealNotes],
    });
  });
})();
