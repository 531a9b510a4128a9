// The picture. vis-network holds the names, moves the view and drags; lines, marks and words are drawn here, style by
// style: drawing each for itself, as it does, takes ten times as long at 5,000 names.
const container = byId("map");
let network = null, hovered = null, moving = false, ready = 0, drawn = [], kept = null;
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const byRank = once(() => [...nodes].sort((a, b) => b.start - a.start || b.touching.length - a.touching.length || a.at - b.at));
const dealsFirst = once(() => [...edges].sort((a, b) => !a.latest - !b.latest || a.at - b.at));

// ---- where lines run ----
// the knot of an act stands in for its document on the way to each issuer
const startOf = (edge) => {
  const act = edge.act;
  if (!act || !act.ring) return act || edge.from;
  const dx = edge.to.x - act.x, dy = edge.to.y - act.y, part = act.ring / (Math.hypot(dx, dy) || 1);
  return { x: act.x + dx * part, y: act.y + dy * part, size: 0 };
};
const bendOf = (edge, a, b) => [(a.x + b.x) / 2 + (b.y - a.y) * edge.bend, (a.y + b.y) / 2 - (b.x - a.x) * edge.bend];
const pointOn = (edge, t) => {
  const a = startOf(edge), b = edge.to;
  if (a === b) return { x: a.x, y: a.y - a.size - 30 };
  if (!edge.bend) return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
  const [cx, cy] = bendOf(edge, a, b), s = 1 - t;
  return { x: s * s * a.x + 2 * s * t * cx + t * t * b.x, y: s * s * a.y + 2 * s * t * cy + t * t * b.y };
};
const toSegment = (x, y, a, b) => {
  const dx = b.x - a.x, dy = b.y - a.y, long = dx * dx + dy * dy;
  const t = long ? Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / long)) : 0;
  return Math.hypot(x - a.x - t * dx, y - a.y - t * dy);
};
const toEdge = (x, y, edge) => {
  const a = startOf(edge), b = edge.to;
  if (a === b) return Math.abs(Math.hypot(x - a.x, y - (a.y - a.size - 14)) - 16);
  if (!edge.bend) return toSegment(x, y, a, b);
  let best = Infinity, last = a;
  for (let step = 1; step <= 12; step++) {
    const next = pointOn(edge, step / 12);
    best = Math.min(best, toSegment(x, y, last, next));
    last = next;
  }
  return best;
};

// ---- what lies under a point of the canvas ----
const scaleNow = () => network.getScale();
// seen from afar, lines and marks keep their size on the screen: a dotted line must not look like a solid one
const thickAt = (scale) => Math.min(1.25 ** Math.max(0, Math.ceil(Math.log(1 / scale) / Math.log(1.25))), 4);
const sizeAt = (node, thick) => Math.max(node.size, 6 * thick);
const ringOf = (act, thick) => (act.ring ? Math.max(act.ring, sizeAt(act.node, thick) * 1.1 + 5 * thick) : 0);
const under = ({ x, y }) => {
  const scale = scaleNow(), thick = thickAt(scale);
  let best = null, near = Infinity;
  for (const node of nodes) {
    if (!node.on) continue;
    const far = Math.hypot(node.x - x, node.y - y);
    if (far <= sizeAt(node, thick) + 3 / scale && far < near) { near = far; best = node; }
  }
  if (best) return best;
  for (const act of acts) if (act.on && Math.abs(Math.hypot(act.x - x, act.y - y) - ringOf(act, thick)) < 8 * thick + 3 / scale) return act;
  near = 9 / scale;
  for (const edge of edges) {
    if (!edge.on) continue;
    const a = startOf(edge), b = edge.to, room = near + Math.abs(edge.bend) * Math.hypot(a.x - b.x, a.y - b.y) + (a === b ? 60 : 0);
    if (x < Math.min(a.x, b.x) - room || x > Math.max(a.x, b.x) + room || y < Math.min(a.y, b.y) - room || y > Math.max(a.y, b.y) + room) continue;
    const far = toEdge(x, y, edge);
    if (far < near) { near = far; best = edge; }
  }
  if (best && best.act) return best.act;
  return best;
};

// ---- lines ----
// to the rim of a mark, where the arrow ends
const runOf = (edge, thick) => {
  const a = startOf(edge), b = edge.to;
  if (a === b) return { line: [a.x, a.y - a.size - 14, 16], tip: null };
  const middle = edge.bend ? bendOf(edge, a, b) : null, from = middle ? { x: middle[0], y: middle[1] } : a;
  const dx = b.x - from.x, dy = b.y - from.y, long = Math.hypot(dx, dy) || 1, ux = dx / long, uy = dy / long;
  const rim = Math.min(sizeAt(b, thick) + thick, long / 2), end = [b.x - ux * rim, b.y - uy * rim];
  return { line: middle ? [a.x, a.y, ...end, ...middle] : [a.x, a.y, ...end], tip: [...end, ux, uy] };
};
const arrow = ([x, y, ux, uy], reach) => [
  [x, y], [x - ux * reach - uy * reach * 0.42, y - uy * reach + ux * reach * 0.42], [x - ux * reach + uy * reach * 0.42, y - uy * reach - ux * reach * 0.42],
];
const paintLines = (pen, sight, light, bare) => {
  const { thick } = sight, batches = new Map(), halos = [[], []], sparks = [], crosses = [[], []];
  for (const edge of edges) {
    if (!edge.on) continue;
    const a = startOf(edge), b = edge.to, room = edge.bend ? Math.abs(edge.bend) * (Math.abs(a.x - b.x) + Math.abs(a.y - b.y)) : 0;
    if (Math.max(a.x, b.x) + room < sight.left || Math.min(a.x, b.x) - room > sight.right || Math.max(a.y, b.y) + room < sight.top || Math.min(a.y, b.y) - room > sight.bottom) continue;
    const faded = Boolean(light && !light.has(edge)), chosen = edge === state.chosen, over = edge === hovered;
    const key = edge.status + (faded ? "-" : chosen ? "+" : over ? "*" : "");
    let batch = batches.get(key);
    if (!batch) batches.set(key, (batch = { status: edge.status, faded, chosen, over, lines: [], tips: [] }));
    const { line, tip } = runOf(edge, thick);
    batch.lines.push(line);
    if (tip && !bare && !words.undirected.includes(edge.relation)) batch.tips.push(arrow(tip, 5 * thick + 3));
    if (edge.fresh) {
      halos[Number(faded)].push(line);
      const at = pointOn(edge, 0.5);
      if (!faded) sparks.push([at.x, at.y, 6.5 * thick]);
    }
    const status = statusOf(edge.status);
    if (status && status.crossed) {
      const reach = 5 * Math.max(sight.unit, 1);
      for (const t of [0.2, 0.8]) {
        const at = pointOn(edge, t);
        crosses[Number(faded)].push([at.x - reach, at.y - reach, at.x + reach, at.y + reach], [at.x + reach, at.y - reach, at.x - reach, at.y + reach]);
      }
    }
  }
  halos.forEach((lines, faded) => lines.length && pen.lines({ colour: paint.mark, width: 9 * thick, opacity: faded ? 0.08 : 0.26, round: true }, lines));
  // what is lit lies above what isn't
  const order = [...batches.values()].sort((a, b) => b.faded - a.faded || a.over - b.over || a.chosen - b.chosen);
  for (const { status, faded, chosen, over, lines, tips } of order) {
    const style = lineStyle(status), colour = chosen ? paint.mark : over ? paint.focus : style.colour, opacity = faded ? 0.18 : 1;
    pen.lines({ colour, width: (style.width + (chosen ? 1.5 : over ? 0.6 : 0)) * thick, dashes: style.dashes.map((dash) => dash * thick), opacity }, lines);
    if (tips.length) pen.polygons({ fill: colour, opacity }, tips);
  }
  crosses.forEach((lines, faded) => lines.length && pen.lines({ colour: paint.ended, width: 2 * Math.max(sight.unit, 1), opacity: faded ? 0.2 : 1 }, lines));
  for (const act of acts) {
    if (!act.on) continue;
    const faded = Boolean(light && !light.has(act)), chosen = act === state.chosen, opacity = faded ? 0.18 : 1;
    if (act.ring) {
      const circle = [[act.x, act.y, ringOf(act, thick)]];
      pen.lines({ colour: paint.paper, width: 9 * thick, opacity }, circle);
      pen.lines({ colour: chosen ? paint.mark : paint.line, width: 5 * thick, opacity }, circle);
      continue;
    }
    pen.lines({ colour: chosen ? paint.mark : paint.line, width: 5 * thick, opacity }, [[act.node.x, act.node.y, act.x, act.y]]);
    pen.marks("dot", { fill: paint.paper, stroke: chosen ? paint.mark : paint.line, width: 2.4 * thick, opacity }, [[act.x, act.y, 7 * thick]]);
    pen.marks("dot", { fill: chosen ? paint.mark : paint.line, opacity }, [[act.x, act.y, 3 * thick]]);
  }
  if (sparks.length && !bare) pen.marks("spark", { fill: paint.mark, stroke: paint.paper, width: 1.4 * thick }, sparks);
};

// ---- marks ----
const paintMarks = (pen, sight, light) => {
  const { thick } = sight, batches = new Map(), rings = [], chosen = [];
  for (const node of nodes) {
    if (!node.on) continue;
    const size = sizeAt(node, thick);
    if (node.x + size < sight.left || node.x - size > sight.right || node.y + size < sight.top || node.y - size > sight.bottom) continue;
    const faded = Boolean(light && !light.has(node)), hollow = isPending(node.about.status), key = node.kind + hollow + faded;
    let batch = batches.get(key);
    if (!batch) batches.set(key, (batch = { kind: node.kind, faded, hollow, marks: [] }));
    batch.marks.push([node.x, node.y, size]);
    if (node.fresh && !faded) rings.push([node.x, node.y, size + 5 * thick]);
    if (node === state.chosen || node.start || node === hovered) chosen.push([node, size]);
  }
  if (rings.length) pen.lines({ colour: paint.mark, width: 2.4 * thick, dashes: [5 * thick, 2.5 * thick] }, rings);
  for (const { kind, faded, hollow, marks } of [...batches.values()].sort((a, b) => b.faded - a.faded)) {
    const colour = kindColour(kind), look = hollow ? { fill: paint.paper, stroke: colour, width: 2.6 * thick } : { fill: colour };
    pen.marks(kindOf(kind).shape, { ...look, opacity: faded ? 0.22 : 1 }, marks);
  }
  for (const [node, size] of chosen) {
    pen.marks(kindOf(node.kind).shape, { stroke: node === state.chosen ? paint.mark : paint.ink, width: 3 * thick }, [[node.x, node.y, size]]);
  }
};

// ---- days, where the map runs with time ----
const paintAxis = (pen, sight) => {
  if (!given.axis.length) return;
  const lines = given.axis.map(([x]) => [x, sight.top, x, sight.bottom]);
  pen.lines({ colour: paint.faint, width: 1 / sight.scale, dashes: [4 / sight.scale, 4 / sight.scale] }, lines);
  let last = -Infinity;
  for (const [x, text] of given.axis) {
    const wide = ems(text) * 12 / sight.scale;
    if (x < sight.left || x > sight.right || x < last + wide + 12 / sight.scale) continue;
    last = x;
    pen.within(x, sight.top + 4 / sight.scale, 1 / sight.scale, () => pen.text([text], { size: 12, bold: true, colour: paint.soft }));
  }
};

// ---- words: always of one legible size, the busiest first, never one over another ----
class Room {
  constructor(cell) { this.cell = cell; this.cells = new Map(); }
  each(box, act) {
    for (let x = Math.floor(box[0] / this.cell); x <= Math.floor(box[2] / this.cell); x++)
      for (let y = Math.floor(box[1] / this.cell); y <= Math.floor(box[3] / this.cell); y++) if (act(x * 1048576 + y) === false) return false;
    return true;
  }
  free(box, except) {
    return this.each(box, (key) => {
      const here = this.cells.get(key);
      if (here) for (const [left, top, right, bottom, id] of here) if (id !== except && box[0] < right && left < box[2] && box[1] < bottom && top < box[3]) return false;
      return true;
    });
  }
  add(box, id) {
    this.each(box, (key) => {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push([...box, id]);
    });
  }
}
const measure = once(() => document.createElement("canvas").getContext("2d"));
const widths = new Map();
const widthOf = (text, size, bold) => {
  const key = (bold ? "b" : "n") + size + text;
  if (!widths.has(key)) {
    measure().font = fontOf(size, bold);
    widths.set(key, measure().measureText(text).width);
  }
  return widths.get(key);
};
const NAMES = 260, TRIES = 1500; // more names than these nobody reads at once

// what lies upon the canvas: a name beneath it can't be read
const covers = () => ["hint", "talk", "bring", "panel"].map(byId).filter((one) => one.offsetWidth).map((one) => {
  const box = one.getBoundingClientRect(), frame = container.getBoundingClientRect();
  const first = network.DOMtoCanvas({ x: box.left - frame.left, y: box.top - frame.top }), last = network.DOMtoCanvas({ x: box.right - frame.left, y: box.bottom - frame.top });
  return [first.x, first.y, last.x, last.y];
});

const placeWords = (sight, light, over = []) => {
  const { scale, unit, thick } = sight, room = new Room(90 * unit), marks = new Room(90 * unit), placed = [];
  const inView = ({ x, y }) => x > sight.left && x < sight.right && y > sight.top && y < sight.bottom;
  const within = ([left, top, right, bottom]) => left > sight.left && top > sight.top && right < sight.right && bottom < sight.bottom;
  const seen = byRank().filter((node) => node.on && inView(node));
  for (const box of over) room.add(box, "");
  if (given.axis.length) room.add([sight.left, sight.top, sight.right, sight.top + 22 / scale], "");
  for (const node of seen) {
    const size = sizeAt(node, thick);
    marks.add([node.x - size, node.y - size, node.x + size, node.y + size], node.id);
  }
  for (const act of acts) {
    const reach = ringOf(act, thick) + (act.ring ? 4 : 7) * thick;
    if (act.on && inView(act)) marks.add([act.x - reach, act.y - reach, act.x + reach, act.y + reach], act.ring ? act.node.id : act.id);
  }
  // the busiest may write over lesser marks: a map without its main names is none
  const main = new Set(seen.slice(0, 14).filter((node) => node.touching.length > 2));
  const first = (node) => (node === state.chosen || node === hovered ? 0 : light && light.has(node) ? 1 : 2);
  const order = light || hovered ? [...seen].sort((a, b) => first(a) - first(b)) : seen;
  let tries = 0;
  for (const node of order) {
    if (light && !light.has(node) && node !== hovered) continue;
    if (placed.length > NAMES || ++tries > TRIES) break;
    const { x, y } = node, lines = node.fresh ? [...linesOf(node).slice(0, -1), linesOf(node).at(-1) + " ✦" + say("new")] : linesOf(node);
    const bold = first(node) === 0 || node.start || node.touching.length > 4;
    const half = (Math.max(...lines.map((line) => widthOf(line, 12, bold))) / 2 + 2) * unit, high = lines.length * LINE * unit;
    const ring = Math.max(...Object.values(node.acts).map((act) => (act.on && act.ring ? ringOf(act, thick) + 2 * thick : 0)), 0);
    const size = Math.max(sizeAt(node, thick), ring) + 3 * unit;
    const below = [x - half, y + size, x + half, y + size + high], above = [x - half, y - size - high, x + half, y - size];
    const right = [x + size, y - high / 2, x + size + 2 * half, y + high / 2], left = [x - size - 2 * half, y - high / 2, x - size, y + high / 2];
    // beside a mark on the side where fewer lines leave it; with time, that is before the buyer and after the bought
    const sides = node.touching.reduce((sum, edge) => sum + (edge.on ? Math.sign(other(edge, node).x - x) : 0), 0) > 0 ? [left, right] : [right, left];
    const boxes = given.direction === "time" ? [sides[0], below, above, sides[1]] : [below, above, ...sides];
    // then to one side, still touching the mark
    for (const dx of [half * 0.7, -half * 0.7]) for (const [from, top, to, bottom] of [below, above]) boxes.push([from + dx, top, to + dx, bottom]);
    const free = boxes.filter((one) => room.free(one, node.id) && marks.free(one, node.id));
    const box = free.find(within) || free[0]
      || (main.has(node) ? boxes.find((one) => room.free(one, node.id)) : null) || (first(node) ? null : boxes[0]);
    if (!box) continue;
    room.add(box, node.id);
    placed.push({ id: node.id, x: (box[0] + box[2]) / 2, y: box[1], lines, size: 12, bold, colour: "ink" });
  }
  const label = (id, at, text, colour) => {
    const wide = widthOf(text, 11) * unit, box = [at.x - wide / 2, at.y - 7 * unit, at.x + wide / 2, at.y + 7 * unit];
    if (!inView(at) || !room.free(box, id) || !marks.free(box, id)) return false;
    room.add(box, id);
    placed.push({ id, x: at.x, y: at.y - 7.5 * unit, lines: [text], size: 11, colour, back: widthOf(text, 11) });
    return true;
  };
  for (const act of acts) {
    if (!act.on || (light && !light.has(act)) || (scale < 0.6 && !light)) continue;
    const text = together(act), colour = act === state.chosen ? "mark" : "soft";
    const away = act.ring ? ringOf(act, thick) + 4 * thick + 9 * unit : 17 * unit, beside = away + (widthOf(text, 11) / 2) * unit;
    const places = [[0, away], [0, -away], ...(act.ring ? [[beside, 0], [-beside, 0], [0, away + 2 * LINE * unit], [0, away + 3 * LINE * unit]] : [])];
    places.some(([dx, dy]) => label(act.id, { x: act.x + dx, y: act.y + dy }, text, colour));
  }
  for (const edge of dealsFirst()) {
    if (!edge.on || edge.act || (light && !light.has(edge)) || (!edge.status && scale < 0.7 && !light)) continue;
    if (placed.length > 2 * NAMES || ++tries > 4 * TRIES) break;
    const a = startOf(edge), b = edge.to, text = edgeLabel(edge), wide = widthOf(text, 11) * unit, long = Math.hypot(b.x - a.x, b.y - a.y);
    const slope = long ? Math.abs(b.x - a.x) / long : 1;
    if (long < wide * slope + 40 * unit && edge !== state.chosen) continue;
    const colour = edge === state.chosen ? "mark" : edge.status === "completed" ? "ink" : "soft";
    for (const t of [0.5, 0.4, 0.6]) if (label(edge.id, pointOn(edge, t), text, colour)) break;
  }
  return placed;
};
const paintWords = (pen, sight, placed) => {
  for (const one of placed) {
    pen.within(one.x, one.y, sight.unit, () => {
      // else the dot between relation and status is lost among the dots of the line
      if (one.back) pen.box(-one.back / 2 - 3, 0.5, one.back + 6, 14, { fill: paint.paper, opacity: 0.85 });
      pen.text(one.lines, { size: one.size, bold: one.bold, colour: paint[one.colour] });
    });
  }
};

// ---- the network ----
const sightNow = () => {
  const scale = scaleNow(), grow = Math.min(Math.max(scale, 1), 1.5);
  const corner = network.DOMtoCanvas({ x: 0, y: 0 }), last = network.DOMtoCanvas({ x: container.clientWidth, y: container.clientHeight });
  return { scale, unit: grow / scale, thick: thickAt(scale), left: corner.x, top: corner.y, right: last.x, bottom: last.y };
};
const redraw = () => { kept = null; if (network) network.redraw(); };
let asked = 0;
const redrawSoon = () => { asked ||= requestAnimationFrame(() => { asked = 0; redraw(); }); };

const raise = () => {
  network = new vis.Network(container, { nodes: nodes.map((node) => ({ id: node.id, x: node.x, y: node.y, size: node.size, shape: "dot" })), edges: [] }, {
    physics: false,
    layout: { improvedLayout: false },
    nodes: { chosen: false },
    // its keys hear nothing but its own frame, and pull the keyboard there whenever the mouse passes: page.js has ours
    interaction: { hover: false, tooltipDelay: 1e9, multiselect: false, keyboard: { enabled: false } },
  });
  for (const node of nodes) node.held = network.body.nodes[node.id];
  const renderer = network.renderer;
  renderer._drawEdges = renderer._drawArrows = () => {};
  renderer._drawNodes = (ctx, hidden) => {
    if (!hidden) paintAll(ctx);
    return { drawExternalLabels: null };
  };
  const canvas = container.querySelector("canvas");
  canvas.setAttribute("aria-hidden", "true");
  canvas.removeAttribute("tabindex");
  container.querySelector(".vis-network").removeAttribute("tabindex");
};
const paintAll = (ctx) => {
  const sight = sightNow(), pen = new Canvas(ctx), light = lit();
  // while thousands move, marks and words are enough
  const shown = counts(), bare = moving && shown.edges > 800;
  paintAxis(pen, sight);
  if (!(moving && shown.edges > 2500)) paintLines(pen, sight, light, bare);
  paintMarks(pen, sight, light);
  if (!kept || kept.scale !== sight.scale || !(moving && shown.nodes + shown.edges > 600)) kept = { scale: sight.scale, placed: placeWords(sight, light, printing ? [] : covers()) };
  paintWords(pen, sight, kept.placed);
  drawn = kept.placed.map((one) => one.id);
};
// vis-network asks these boxes which name is dragged
const hand = () => {
  const thick = thickAt(scaleNow());
  for (const node of nodes) {
    const size = node.on ? sizeAt(node, thick) : 0;
    Object.assign(node.held.shape, { left: node.on ? node.x - size : 1e9, top: node.y - size, width: 2 * size, height: 2 * size });
  }
};

const toWindow = (point) => {
  const at = network.canvasToDOM(point), frame = container.getBoundingClientRect();
  return { x: at.x + frame.left, y: at.y + frame.top };
};
// where the reader dragged a name to, else where it lies
const putAll = () => {
  for (const node of nodes) {
    const [x, y] = state.put.get(node) || node.home;
    if (node.x === x && node.y === y) continue;
    Object.assign(node, { x, y });
    Object.assign(node.held, { x, y });
  }
};
const placeOf = (thing) => (isNode(thing) || isAct(thing) ? thing : pointOn(thing, 0.5));

const spanOf = (some) => some.reduce((span, { x, y }) => [Math.min(span[0], x), Math.min(span[1], y), Math.max(span[2], x), Math.max(span[3], y)], [Infinity, Infinity, -Infinity, -Infinity]);
const besides = () => (given.direction === "time" ? Math.min(260, container.clientWidth * 0.45) : 130);
const fitTo = (some) => {
  if (!some.length || !container.clientWidth) return;
  // room for names, which keep their size on the screen
  const [left, top, right, bottom] = spanOf(some), wide = right - left || 1, high = bottom - top || 1;
  // with time they stand beside their marks; and nothing opens under the switch
  const above = byId("talk").offsetHeight;
  const scale = Math.max(0.005, Math.min((container.clientWidth - besides()) / wide, (container.clientHeight - 110 - above) / high, 1.4));
  network.moveTo({ position: { x: (left + right) / 2, y: (top + bottom) / 2 + 8 - above / 2 / scale }, scale });
};
const fit = () => { fitTo(nodes.filter((node) => node.on)); kept = null; };
// near the edge of the picture, no more of what lies beyond it than must be
const fill = () => {
  const [left, top, right, bottom] = spanOf(nodes.filter((node) => node.on)), scale = scaleNow(), { x, y } = network.getViewPosition();
  const held = (at, low, high, half) => (high - low < 2 * half ? (low + high) / 2 : Math.min(Math.max(at, low + half), high - half));
  const wide = 65 / scale, high = 55 / scale;
  network.moveTo({ position: {
    x: held(x, left - wide, right + wide, container.clientWidth / 2 / scale), y: held(y, top - high, bottom + high, container.clientHeight / 2 / scale),
  } });
};
// too far off to read: begin with the biggest part, or with the busiest name in it
const start = () => {
  fit();
  const first = byRank().find((node) => node.on);
  if (!first || scaleNow() > 0.2) return;
  parts();
  fitTo(nodes.filter((node) => node.on && node.part === first.part));
  if (scaleNow() < 0.2) network.moveTo({ position: { x: first.x, y: first.y }, scale: 0.4 });
  fill();
};
const pan = (right, down) => {
  const { x, y } = network.getViewPosition();
  network.moveTo({ position: { x: x + right / scaleNow(), y: y + down / scaleNow() } });
  redrawSoon();
  viewMoved();
};
const zoom = (factor) => { network.moveTo({ scale: scaleNow() * factor }); redrawSoon(); viewMoved(); };
