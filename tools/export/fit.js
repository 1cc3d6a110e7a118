// Fits each slide before reveal.js starts, since reveal.js scales slides and does not ask whether what is on them fits.
// First the letters become smaller, down to a size that the last row can still read; then the last cells go on to a
// slide of their own, and where there is one cell only, its last parts. Answers that fold out are measured unfolded.
(() => {
  const WIDTH = 1280, HEIGHT = 720, SIDE = 60, BELOW = 40;
  const SIZES = [26, 24, 22];   // pixels of the prose
  const CODE = ["0.86em", "20px", "18px"];
  const SMALLEST = 21;          // only for what can't be divided: code of 18 pixels
  const PICTURE = 430;          // pixels of height below which a figure's letters are too small

  const leaves = () => [...document.querySelectorAll(".slides section")].filter((s) => !s.querySelector("section"));

  // How far down and how far right the content of `slide` reaches.
  function reach(slide) {
    const box = slide.getBoundingClientRect();
    let down = 0, right = 0;
    for (const part of slide.querySelectorAll("h1,h2,h3,p,li,pre,table,img,math,details,div,code")) {
      const { bottom, right: edge, width } = part.getBoundingClientRect();
      if (!width) continue;
      down = Math.max(down, bottom - box.top);
      right = Math.max(right, edge - box.left);
    }
    return { down, right };
  }

  // Whether `slide` fits with letters of `size` pixels; its figures take what room is left.
  function fits(slide, size, picture = PICTURE) {
    slide.style.fontSize = `${size}px`;
    const images = [...slide.querySelectorAll("img")];
    if (images.length) {
      slide.style.setProperty("--picture", "0px");
      const room = (HEIGHT - BELOW - reach(slide).down) / images.length;
      for (const image of images) {
        const needed = Math.min(image.naturalWidth, WIDTH - 2 * SIDE) * image.naturalHeight / image.naturalWidth;
        if (room < Math.min(needed, picture)) return false;
      }
      slide.style.setProperty("--picture", `${Math.floor(room)}px`);
    }
    if ([...slide.querySelectorAll("pre")].some((lines) => lines.scrollWidth > lines.clientWidth + 1)) return false;
    const { down, right } = reach(slide);
    return down <= HEIGHT - BELOW + 0.5 && right <= WIDTH - SIDE + 0.5;
  }

  const isHeading = (part) => /^H[1-3]$/.test(part.tagName);
  const partsOf = (box) => [...box.children].filter((part) => !isHeading(part)).length;

  // The outermost box on `slide` with more than one thing in it: cells, the parts of a cell, or its input and output.
  // A heading is no thing of its own: it never stays behind alone.
  function divisible(slide) {
    let box = slide;
    while (box.children.length === 1 && box.firstElementChild.tagName === "DIV") box = box.firstElementChild;
    return partsOf(box) > 1 && !box.closest("pre, .highlight, .ph-figure") ? box : null;
  }

  // Moves the last things on `slide`, until what is left fits, on to a new slide after it, which is returned.
  function divide(slide) {
    const box = divisible(slide);
    if (!box) return null;
    let tail = box.cloneNode(false);
    const target = tail;
    for (let outer = box; outer !== slide; ) {
      outer = outer.parentElement;
      const twin = outer.cloneNode(false);
      twin.append(tail);
      tail = twin;
    }
    for (const copy of [tail, ...tail.querySelectorAll("[id]")]) copy.removeAttribute("id");
    do {
      target.prepend(box.lastElementChild);
      while (isHeading(box.lastElementChild)) target.prepend(box.lastElementChild);
    } while (partsOf(box) > 1 && !SIZES.slice(0, 2).some((size) => fits(slide, size)));
    slide.after(tail);
    return tail;
  }

  function fit(slide) {
    slide.dataset.lines = "whole";  // better smaller letters than a line of code that is broken
    for (const size of SIZES) {
      for (const lines of CODE) {
        slide.style.setProperty("--lines", lines);
        if (fits(slide, size)) return;
      }
    }
    delete slide.dataset.lines;
    slide.style.removeProperty("--lines");
    if (SIZES.some((size) => fits(slide, size))) return;
    const rest = divide(slide);
    if (!rest) {
      if (!fits(slide, SMALLEST, 0)) slide.dataset.overflows = "";
      return;
    }
    fit(slide);
    fit(rest);
  }

  // Each slide without a heading says at its top where in the lesson it stands.
  function sayWhere() {
    let title = "", section = "";
    for (const slide of leaves()) {
      const heading = slide.querySelector("h1,h2,h3");
      if (heading && heading.tagName === "H1") title = heading.textContent;
      if (heading) section = heading.textContent;
      const where = document.createElement("p");
      where.className = "where";
      where.textContent = heading || section === title ? title : [title, section].filter(Boolean).join(" — ");
      if (!heading || heading.tagName !== "H1") slide.prepend(where);
    }
  }

  // What was asked to be predicted is shown at the presenter's next step, not beside the question. But no slide begins
  // empty: a fragment that has come to be alone on its slide is there at once.
  function holdBack() {
    for (const slide of leaves()) {
      const first = slide.querySelector(":scope > :not(.where)");
      if (first && first.classList.contains("fragment")) first.classList.remove("fragment");
      let asked = false;
      for (const part of slide.querySelectorAll("details, .jp-Cell-outputWrapper")) {
        if (part.tagName === "DETAILS") asked = true;
        else if (asked) part.classList.add("fragment");
      }
    }
  }

  addEventListener("load", () => {
    const answers = document.querySelectorAll("details");
    document.querySelectorAll(".jp-Collapser").forEach((empty) => empty.remove());
    document.body.classList.add("measuring");
    answers.forEach((answer) => { answer.open = true; });
    leaves().forEach(fit);
    sayWhere();
    holdBack();
    answers.forEach((answer) => { answer.open = false; });
    document.body.classList.remove("measuring");
    Reveal.initialize({
      width: WIDTH, height: HEIGHT, margin: 0, center: false, hash: true, slideNumber: "c/t", transition: "none",
      navigationMode: "linear",  // a presenter's one button comes by every slide
      plugins: [RevealNotes],
    });
  });
})();
