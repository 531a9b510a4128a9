// Words, colours, and the lines that tell a deal's status without colour.
const pick = (entry) => (entry ? entry[state.lang] || entry.zh || entry.en || "" : "");
const say = (key, values = {}) => pick(words.page[key]).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
const colon = () => (state.lang === "zh" ? "：" : ": ");
const title = () => data.titles[state.lang];
const nameOf = (node) => node.names[state.lang];
const brief = (entry) => (entry && entry.short ? pick(entry.short) : pick(entry));
const statusOf = (status) => words.statuses[status] || (status ? { zh: status, en: status, line: [2, 9] } : null);
const stageOf = (status) => words.statuses[status] || words.stages[status];
const isPending = (status) => words.pending.includes(status);
const relationOf = (relation) => words.relations[relation] || { zh: relation, en: relation };
const kindOf = (kind) => words.kinds[kind] || { zh: kind, en: kind, shape: "dot", light: "#555555", dark: "#bbbbbb" };
const edgeLabel = (edge) => {
  const status = statusOf(edge.status);
  const deal = brief(relationOf(edge.relation)) + (edge.deal && edge.deal.round ? " " + edge.deal.round : "");
  return (edge.fresh ? say("new") + " · " : "") + deal + (status ? " · " + (status.crossed ? "✕ " : "") + brief(status) : "");
};
const plain = (edge) => {
  const [before, after] = pick(relationOf(edge.relation)).split("…"), from = nameOf(edge.from), to = nameOf(edge.to);
  return after === undefined ? `${from} ${before} ${to}` : `${from} ${before} ${to} ${after}`;
};

const together = (act) => say(act.relation === "draftedBy" ? "jointlyDrafted" : "jointly", { n: act.edges.length });

const systemDark = matchMedia("(prefers-color-scheme: dark)");
let printing = false, dark = false, paint = {};
const readPaint = () => {
  dark = !printing && (state.theme === "auto" ? systemDark.matches : state.theme === "dark");
  const theme = printing ? "light" : state.theme;
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const style = getComputedStyle(document.documentElement);
  paint = Object.fromEntries(["paper", "card", "ink", "soft", "faint", "line", "deal", "pending", "ended", "mark", "focus"].map((name) => [name, style.getPropertyValue("--" + name).trim()]));
};
const kindColour = (kind) => kindOf(kind)[dark ? "dark" : "light"];
const lineStyle = (status) => {
  if (!status) return { colour: paint.line, width: 1.2, dashes: [] };
  const dashes = statusOf(status).line;
  if (isPending(status)) return { colour: paint.soft, width: 1.5, dashes };
  if (status === "completed") return { colour: paint.deal, width: 3, dashes };
  if (status === "terminated") return { colour: paint.ended, width: 1.8, dashes };
  return { colour: paint.pending, width: status === "announced" ? 2.2 : 1.9, dashes };
};

// Outlines around a middle, of sizes that look alike; null is a circle.
const around = (corners, far, near, turn = -Math.PI / 2) => Array.from({ length: near ? corners * 2 : corners }, (_, at) => {
  const angle = (Math.PI * 2 * at) / (near ? corners * 2 : corners) + turn, reach = near && at % 2 ? near : far;
  return [reach * Math.cos(angle), reach * Math.sin(angle)];
});
const OUTLINES = {
  dot: null, square: [[-0.76, -0.76], [0.76, -0.76], [0.76, 0.76], [-0.76, 0.76]], diamond: around(4, 1.1),
  triangle: [[0, -0.95], [1, 0.8], [-1, 0.8]], hexagon: around(6, 0.98, 0, 0), star: around(5, 1.15, 0.5), spark: around(4, 1, 0.32),
};
const DOT = 0.86;

// ---- small builders ----
// for a voice that reads the page: a quote is Chinese on an English page too
const tongue = (text) => { const own = HAN.test(text) ? "zh" : "en"; return own === state.lang ? undefined : own === "zh" ? "zh-CN" : "en"; };
const el = (tag, options = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(options)) {
    if (key === "text") made.textContent = value;
    else if (key === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else if (value !== undefined && value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};
const svg = (tag, options, ...children) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(options)) if (value !== undefined) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
const markOf = (shape, colour, hollow = false) => {
  const outline = OUTLINES[shape], look = hollow ? { fill: "none", stroke: colour, "stroke-width": 2 } : { fill: colour };
  const drawn = outline ? svg("polygon", { points: outline.map(([x, y]) => (8 + x * 6.5).toFixed(1) + "," + (8 + y * 6.5).toFixed(1)).join(" "), ...look })
    : svg("circle", { cx: 8, cy: 8, r: 5.6, ...look });
  return svg("svg", { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" }, drawn);
};
const kindMark = (kind, hollow) => markOf(kindOf(kind).shape, kindColour(kind), hollow);
const nodeMark = (node) => kindMark(node.kind, isPending(node.about.status));
const lineMark = (status) => {
  const style = lineStyle(status), known = statusOf(status);
  const line = svg("line", {
    x1: 1, y1: 6, x2: 39, y2: 6, stroke: style.colour, "stroke-width": style.width, "stroke-dasharray": style.dashes.length ? style.dashes.join(" ") : undefined,
  });
  const cross = known && known.crossed ? [svg("path", { d: "M16 2 24 10M24 2 16 10", stroke: style.colour, "stroke-width": 1.8 })] : [];
  return svg("svg", { width: 40, height: 12, viewBox: "0 0 40 12", "aria-hidden": "true" }, line, ...cross);
};
const newMark = () => svg("svg", { width: 40, height: 14, viewBox: "0 0 40 14", "aria-hidden": "true" },
  svg("line", { x1: 2, y1: 7, x2: 38, y2: 7, stroke: paint.mark, "stroke-width": 8, "stroke-opacity": 0.35, "stroke-linecap": "round" }),
  svg("polygon", { points: OUTLINES.spark.map(([x, y]) => (20 + x * 7).toFixed(1) + "," + (7 + y * 7).toFixed(1)).join(" "), fill: paint.mark }));

// ---- names in lines, as kg/maps/layout.py leaves room for them ----
const WRAP = 9;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const HAN = /[\u3400-\u9fff]/;
const ems = (text) => [...text].reduce((sum, char) => sum + (WIDE.test(char) ? 1 : 0.56), 0);
const cut = (text, em) => {
  const chars = [...text];
  while (ems(chars.join("")) > em) chars.pop();
  return chars.join("");
};
const filled = (text, em) => {
  const lines = [""];
  for (const word of text.match(/[ ]|[^\s\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]+|[^]/gu) || []) {
    if (lines[lines.length - 1] && ems((lines[lines.length - 1] + word).trimEnd()) > em) lines.push("");
    lines[lines.length - 1] += lines[lines.length - 1] ? word : word.trimStart();
  }
  return lines.map((line) => line.trimEnd());
};
const wrap = (name) => {
  const text = name.split(/\s+/).filter(Boolean).join(" "), wide = ems(text);
  if (wide <= WRAP + 1) return [text];
  const even = filled(text, wide / 2 + 0.6);
  let lines = even.length <= 2 && Math.max(...even.map(ems)) <= WRAP + 1 ? even : filled(text, WRAP);
  if (lines.length > 2) lines = [lines[0], cut(lines[1], WRAP - 1) + "…"];
  return lines.map((line) => (ems(line) > WRAP + 1 ? cut(line, WRAP - 1) + "…" : line));
};
const linesOf = (node) => {
  node.lines ??= {};
  return (node.lines[state.lang] ??= wrap(nameOf(node)));
};
