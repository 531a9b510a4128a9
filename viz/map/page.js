// Puts the page together. window.kgMap, at the end, is what tests and other scripts may rely on.
const filtersBox = byId("filters"), heading = document.querySelector("h1");

// After every change of mind.
const changed = ({ aloud = false } = {}) => {
  putAll();
  choose();
  syncBoxes();
  fillMonths();
  fillPanel();
  filtersBox.querySelector("summary").textContent = `${say("legend")} / ${say("filters")}${filtered() ? " · " + say("filtered") : ""}`;
  byId("limits").textContent = limits();
  byId("bring").hidden = !state.hidden.size;
  byId("bring").textContent = say("bring", { n: state.hidden.size });
  if (aloud) tell(say("countShown", counts()));
  redraw();
  writeSoon();
};

const THEMES = ["auto", "light", "dark"];
const sayAll = () => {
  document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
  document.title = heading.textContent = heading.title = title();
  for (const [id, key] of [["fit", "fit"], ["language", "language"], ["listing", "list"], ["share", "share"], ["print", "print"]]) byId(id).textContent = say(key);
  byId("theme").replaceChildren(el("span", { class: "long", text: say("theme") + colon() }), say("theme-" + state.theme));
  byId("theme").setAttribute("aria-label", say("theme") + colon() + say("theme-" + state.theme));
  for (const [id, key] of [["zoom-in", "in"], ["zoom-out", "out"]]) byId(id).setAttribute("aria-label", say(key));
  byId("save").querySelector("summary").textContent = say("save");
  for (const kind of Object.keys(FILES)) byId("save-" + kind).textContent = say("save-" + kind);
  byId("language").lang = state.lang === "zh" ? "en" : "zh-CN";
  search.placeholder = say("search");
  search.setAttribute("aria-label", say("search"));
  results.setAttribute("aria-label", say("results"));
  container.setAttribute("aria-label", say("canvas"));
  panel.setAttribute("aria-label", say("details"));
  byId("time").setAttribute("aria-label", say("month"));
  fillFilters();
  fillMonths();
};
const relook = () => {
  readPaint();
  sayAll();
  changed();
};

const begin = () => {
  readPaint();
  state = read().next;
  if (matchMedia("(max-width: 760px)").matches) filtersBox.open = false;
  // first all that takes room: where its canvas grows later, vis-network zooms by as much
  sayAll();
  choose();
  raise();
  obey();

  const pointer = (event) => network.DOMtoCanvas({ x: event.clientX - container.getBoundingClientRect().left, y: event.clientY - container.getBoundingClientRect().top });
  network.on("click", (event) => { const thing = under(event.pointer.canvas); show(thing ? thing.id : null); });
  network.on("dragStart", () => { moving = true; });
  network.on("dragging", (event) => {
    for (const id of event.nodes) {
      const node = found(id);
      if (!node || !node.held) continue;
      ({ x: node.x, y: node.y } = node.held);
      for (const edge of node.touching) if (edge.act) settle(edge.act);
      kept = null;
    }
  });
  network.on("dragEnd", (event) => {
    moving = false;
    for (const node of event.nodes.map(found)) {
      if (!node || !node.held) continue;
      Object.assign(node.held, { x: Math.round(node.held.x), y: Math.round(node.held.y) });
      Object.assign(node, { x: node.held.x, y: node.held.y });
      state.put.set(node, [node.x, node.y]);
    }
    network.unselectAll();
    redrawSoon();
    viewMoved();
  });
  let still = 0;
  network.on("zoom", () => {
    moving = true;
    clearTimeout(still);
    still = setTimeout(() => { moving = false; redrawSoon(); }, 120);
    viewMoved();
  });
  network.on("animationFinished", () => { redrawSoon(); writeSoon(); });
  network.on("resize", () => redrawSoon());
  container.addEventListener("pointerdown", hand, true);
  container.addEventListener("pointermove", (event) => {
    if (event.buttons || event.pointerType === "touch" || moving) return;
    const thing = under(pointer(event));
    if (thing === hovered) return;
    hovered = thing;
    container.style.cursor = thing ? "pointer" : "";
    redrawSoon();
  });
  const STEP = 60;
  const KEYS = {
    Enter: () => {
      state.list = true;
      show(null);
      panel.focus({ preventScroll: true });
    },
    ArrowLeft: () => pan(-STEP, 0), ArrowRight: () => pan(STEP, 0), ArrowUp: () => pan(0, -STEP), ArrowDown: () => pan(0, STEP),
    "+": () => zoom(1.3), "=": () => zoom(1.3), "-": () => zoom(1 / 1.3), "−": () => zoom(1 / 1.3), 0: () => whole(),
  };
  container.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  const whole = () => { fit(); moved = false; redrawSoon(); writeSoon(); };
  byId("fit").addEventListener("click", whole);
  byId("zoom-in").addEventListener("click", () => zoom(1.3));
  byId("zoom-out").addEventListener("click", () => zoom(1 / 1.3));
  byId("language").addEventListener("click", () => { state.lang = state.lang === "zh" ? "en" : "zh"; relook(); });
  byId("theme").addEventListener("click", () => { state.theme = THEMES[(THEMES.indexOf(state.theme) + 1) % 3]; relook(); tell(byId("theme").getAttribute("aria-label")); });
  byId("bring").addEventListener("click", bringBack);
  byId("listing").addEventListener("click", () => {
    state.list = !state.list || Boolean(state.chosen);
    state.chosen = null;
    changed();
    if (state.list) panel.focus({ preventScroll: true });
  });
  const menu = byId("save");
  for (const [kind, make] of Object.entries(FILES)) byId("save-" + kind).addEventListener("click", () => { menu.open = false; make(); });
  byId("print").addEventListener("click", () => { menu.open = false; window.print(); });
  byId("share").addEventListener("click", () => {
    viewMoved();
    write();
    copy(location.href, byId("share"), "share");
  });
  menu.addEventListener("keydown", (event) => { if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); event.stopPropagation(); } });
  document.addEventListener("click", (event) => { if (menu.open && !menu.contains(event.target)) menu.open = false; });

  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLSelectElement;
    if (event.key === "Escape" && event.target !== search) {
      if (state.chosen) show(null, { focus: state.list });
      else if (state.list) { state.list = false; changed(); byId("listing").focus(); }
    } else if (event.key === "/" && !typing) { event.preventDefault(); search.focus(); }
  });
  systemDark.addEventListener("change", () => { if (state.theme === "auto") relook(); });
  // on paper the panel lies below the picture, and the legend is no box that can be shut
  const paper = matchMedia("print");
  let before = null, free = { x: 0, y: 0 };
  // asked on the screen: when a browser says that it prints, some have laid out the page for paper already
  new ResizeObserver(() => { if (!printing && !paper.matches) free = panel.hidden ? { x: 0, y: 0 } : offset(); }).observe(panel);
  addEventListener("beforeprint", () => {
    const at = network.getViewPosition(), scale = scaleNow(), { x, y } = free;
    before = before || { open: filtersBox.open, at, scale };
    printing = true;
    // the picture stays as it is while all around it moves
    container.style.cssText = `inset: 0 auto auto 0; width: ${container.clientWidth}px; height: ${container.clientHeight}px`;
    network.setOptions({ autoResize: false });
    filtersBox.open = true;
    network.moveTo({ position: { x: at.x + x / scale, y: at.y + y / scale } });
    relook();
  });
  const restore = () => {
    printing = false;
    if (before) {
      filtersBox.open = before.open;
      container.style.cssText = "";
      network.setOptions({ autoResize: true });
      network.moveTo({ position: before.at, scale: before.scale });
    }
    before = null;
    relook();
  };
  // once the page is laid out for the screen again
  addEventListener("afterprint", () => { if (paper.matches) paper.addEventListener("change", restore, { once: true }); else restore(); });
  // usable when the first picture stands and the page answers again
  requestAnimationFrame(() => setTimeout(() => { ready = performance.now(); }));
};
begin();

// Points are of the window, in CSS pixels; ids are of this page only.
window.kgMap = Object.freeze({
  readyAfter: () => ready, // milliseconds from opening until it can be used; 0 before
  nodes: () => nodes.filter((node) => node.on).map((node) => ({ id: node.id, iri: iriOf(node), kind: node.kind, isNew: node.fresh })), // those on show
  edges: () => edges.filter((edge) => edge.on).map((edge) => ({
    id: edge.id, from: edge.from.id, to: edge.to.id, relation: edge.relation, status: edge.status, isNew: edge.fresh, act: edge.act ? edge.act.id : "",
  })),
  nodePoint: (id) => toWindow(found(id)),
  edgePoint: (id, t = 0.5) => {
    const thing = found(id);
    return toWindow(isAct(thing) ? { x: thing.x, y: thing.y - ringOf(thing, thickAt(scaleNow())) } : pointOn(thing, t));
  },
  labels: () => [...drawn], // ids of what has its name on the picture now
  words: () => kept.placed.map((one) => { // where they stand
    const wide = one.lines.reduce((most, line) => Math.max(most, widthOf(line, one.size, one.bold)), 0) * sightNow().unit, first = toWindow({ x: one.x - wide / 2, y: one.y });
    const last = toWindow({ x: one.x + wide / 2, y: one.y + one.lines.length * LINE * sightNow().unit });
    return { id: one.id, left: first.x, top: first.y, right: last.x, bottom: last.y };
  }),
  show: (id) => show(id, { move: true }), // as a click does
  svg: toSvg,
  csv: toCsv,
  fit,
  draw: redraw, // at once
});
