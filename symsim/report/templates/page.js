"use strict";
/* The picture: its viewBox is what one sees. */
(() => {
  const svg = document.querySelector("#picture");
  if (!svg) return;
  const whole = svg.viewBox.baseVal, home = [whole.x, whole.y, whole.width, whole.height];
  let box = home.slice();
  /* On a narrow screen, begin with the boxes alone. */
  if (svg.clientWidth < 640) queueMicrotask(() => show([195, home[1], 600, home[3]]));
  const show = (next) => { box = next; svg.setAttribute("viewBox", box.map((n) => +n.toFixed(2)).join(" ")); };
  const scale = () => Math.max(box[2] / svg.clientWidth, box[3] / svg.clientHeight);
  const at = (x, y) => {
    const point = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM().inverse());
    return [point.x, point.y];
  };
  const zoom = (factor, [x, y] = [box[0] + box[2] / 2, box[1] + box[3] / 2]) => {
    const width = Math.min(home[2] * 1.5, Math.max(home[2] / 200, box[2] * factor)), f = width / box[2];
    show([x - (x - box[0]) * f, y - (y - box[1]) * f, width, box[3] * f]);
  };
  const move = (dx, dy) => show([box[0] + dx, box[1] + dy, box[2], box[3]]);

  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== svg) return;
    event.preventDefault();
    zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.006), at(event.clientX, event.clientY));
  }, { passive: false });
  const held = new Map();
  let moved = 0;
  svg.addEventListener("pointerdown", (event) => { held.set(event.pointerId, event); moved = 0; });
  svg.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) return;
    moved += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
    if (moved > 4 && !svg.hasPointerCapture(event.pointerId)) { svg.setPointerCapture(event.pointerId); svg.classList.add("held"); }
    if (held.size === 1) move((before.clientX - event.clientX) * scale(), (before.clientY - event.clientY) * scale());
    if (held.size === 2) {
      const other = [...held.values()].find((one) => one.pointerId !== event.pointerId);
      const reach = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      zoom(reach(before) / reach(event), at(other.clientX, other.clientY));
    }
    held.set(event.pointerId, event);
  });
  for (const end of ["pointerup", "pointercancel"])
    svg.addEventListener(end, (event) => { held.delete(event.pointerId); svg.classList.remove("held"); });
  svg.addEventListener("click", (event) => { if (moved > 4) event.preventDefault(); }, true);
  svg.addEventListener("dblclick", (event) => zoom(0.4, at(event.clientX, event.clientY)));
  const keys = {
    "+": () => zoom(0.8), "=": () => zoom(0.8), "-": () => zoom(1.25), "0": () => show(home.slice()),
    ArrowLeft: () => move(-box[2] / 10, 0), ArrowRight: () => move(box[2] / 10, 0),
    ArrowUp: () => move(0, -box[3] / 10), ArrowDown: () => move(0, box[3] / 10),
  };
  svg.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key]();
  });
  for (const button of document.querySelectorAll(".tools button"))
    button.addEventListener("click", () => keys[button.dataset.key]());

  /* A box or an input that is chosen shows its wires alone. */
  let chosen = "";
  for (const node of svg.querySelectorAll("[data-name]"))
    node.addEventListener("click", () => {
      if (moved > 4) return;
      chosen = chosen === node.dataset.name ? "" : node.dataset.name;
      svg.classList.toggle("chosen", chosen !== "");
      for (const wire of svg.querySelectorAll(".wire")) wire.classList.toggle("lit", wire.classList.contains(chosen));
      for (const one of svg.querySelectorAll("[data-name]")) one.classList.toggle("lit", one.dataset.name === chosen);
    });
})();

/* The listing: the line that is chosen, what its operands come from, and what uses its results. */
(() => {
  const data = document.querySelector("#edges");
  if (!data) return;
  const edges = JSON.parse(data.textContent);
  const line = (address) => document.getElementById("a" + address);
  const mark = (chosen) => {
    for (const one of document.querySelectorAll(".here, .source, .user")) one.classList.remove("here", "source", "user");
    line(chosen)?.classList.add("here");
    for (const [from, to] of edges) {
      if (to === chosen) line(from)?.classList.add("source");
      if (from === chosen) line(to)?.classList.add("user");
    }
  };
  for (const one of document.querySelectorAll(".line"))
    one.addEventListener("click", () => mark(one.id.slice(1)));
  const follow = () => { if (/^#a[0-9a-f]+$/.test(location.hash)) mark(location.hash.slice(2)); };
  addEventListener("hashchange", follow);
  follow();
})();

/* What a link leads to is shown, also inside of what is folded. */
addEventListener("hashchange", () => {
  const target = document.getElementById(location.hash.slice(1)), folded = target?.closest("details:not([open])");
  if (!folded) return;
  folded.open = true;
  target.scrollIntoView();
});

/* On paper, everything is open. */
addEventListener("beforeprint", () => { for (const one of document.querySelectorAll("details:not(.long)")) one.open = true; });
