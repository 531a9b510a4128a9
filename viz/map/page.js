// Puts the page together. window.kgMap, at the end, is what tests and other scripts may rely on.
const filtersBox = byId("filters");

// After every change of mind.
const changed = ({ aloud = false } = {}) => {
  choose();
  syncBoxes();
  fillMonths();
  fillPanel();
  byId("bring").hidden = !state.hidden.size;
  byId("bring").textContent = say("bring", { n: state.hidden.size });
  if (aloud) tell(say("countShown", counts()));
  redraw();
  writeSoon();
};

const THEMES = ["auto", "light", "dark"];
const relook = () => {
  readPaint();
  document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
  filtersBox.querySelector("summary").textContent = say("legend") + " / " + say("filters");
  for (const [id, key] of [["fit", "fit"], ["language", "language"], ["listing", "list"], ["theme", "theme-" + state.theme], ["share", "share"], ["print", "print"]]) byId(id).textContent = say(key);
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
  changed();
};

const begin = () => {
  readPaint();
  state = read().next;
  choose();
  raise();
  if (matchMedia("(max-width: 760px)").matches) filtersBox.open = false;
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
  network.on("dragEnd", () => { moving = false; network.unselectAll(); redrawSoon(); viewMoved(); });
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
  container.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== container) return;
    event.preventDefault();
    state.list = true;
    show(null);
    panel.focus({ preventScroll: true });
  });

  byId("fit").addEventListener("click", () => { fit(); moved = false; redrawSoon(); writeSoon(); });
  byId("zoom-in").addEventListener("click", () => zoom(1.3));
  byId("zoom-out").addEventListener("click", () => zoom(1 / 1.3));
  byId("language").addEventListener("click", () => { state.lang = state.lang === "zh" ? "en" : "zh"; relook(); });
  byId("theme").addEventListener("click", () => { state.theme = THEMES[(THEMES.indexOf(state.theme) + 1) % 3]; relook(); tell(say("theme-" + state.theme)); });
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
  addEventListener("beforeprint", () => { printing = true; relook(); });
  addEventListener("afterprint", () => { printing = false; relook(); });
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
  edgePoint: (id, t = 0.5) => toWindow(isAct(found(id)) ? found(id) : pointOn(found(id), t)),
  labels: () => [...drawn], // ids of what has its name on the picture now
  show: (id) => show(id, { move: true }), // as a click does
  svg: toSvg,
  csv: toCsv,
  fit,
  draw: redraw, // at once
});
