// What is on the map as files: the picture as PNG and SVG, its relations with their sources as CSV.
const save = (name, blob) => {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  tell(say("saved", { name }));
};
const fileName = (ending) => ([...title().normalize("NFKC").replace(/[\\/:*?"<>|\u0000-\u001f.]+/g, " ").trim()].slice(0, 60).join("").trim() || "map") + ending;

// ---- the picture with its title and legend, by either pen ----
const MARGIN = 16, KEY = 20;
const legendKeys = () => {
  const kinds = new Set(nodes.filter((node) => node.on).map((node) => node.kind)), statuses = new Set(edges.filter((edge) => edge.on).map((edge) => edge.status));
  const all = (table, met) => [...Object.keys(table).filter((name) => met.has(name)), ...[...met].filter((name) => name && !(name in table))];
  const keys = all(words.kinds, kinds).map((kind) => ({
    wide: 16, text: pick(kindOf(kind)), draw: (pen) => pen.marks(kindOf(kind).shape, { fill: kindColour(kind) }, [[8, 0, 6.5]]),
  }));
  const line = (status, text) => ({
    wide: 40, text,
    draw: (pen) => {
      const style = lineStyle(status);
      pen.lines({ colour: style.colour, width: style.width, dashes: style.dashes }, [[0, 0, 40, 0]]);
      if (status && statusOf(status).crossed) pen.lines({ colour: style.colour, width: 1.8 }, [[16, -4, 24, 4], [24, -4, 16, 4]]);
    },
  });
  for (const status of all(words.statuses, statuses)) keys.push(line(status, pick(statusOf(status))));
  if (statuses.has("")) keys.push(line("", say("document")));
  if (nodes.some((node) => node.on && isPending(node.about.status))) keys.push({
    wide: 16, text: say("notIssued"),
    draw: (pen) => pen.marks(kindOf("Instrument").shape, { fill: paint.paper, stroke: kindColour("Instrument"), width: 2 }, [[8, 0, 6.5]]),
  });
  if (acts.some((act) => act.on)) keys.push({
    wide: 22, text: say("jointKey"),
    draw: (pen) => {
      pen.lines({ colour: paint.line, width: 4 }, [[0, 0, 14, 0]]);
      pen.marks("dot", { fill: paint.paper, stroke: paint.line, width: 2 }, [[16, 0, 6]]);
    },
  });
  if (edges.some((edge) => edge.on && edge.fresh) || nodes.some((node) => node.on && node.fresh)) keys.push({
    wide: 40, text: given.since ? say("newSince", { since: given.since }) : say("new"),
    draw: (pen) => {
      pen.lines({ colour: paint.mark, width: 8, opacity: 0.3, round: true }, [[4, 0, 36, 0]]);
      pen.marks("spark", { fill: paint.mark }, [[20, 0, 7]]);
    },
  });
  return keys;
};
const limits = () => {
  const told = [];
  if (state.month) told.push(state.monthOnly ? say("during", { month: state.month }) : say("asOf", { month: state.month }));
  if (state.from || state.until) told.push(`${say("dates")}${colon()}${state.from || "…"} – ${state.until || "…"}`);
  if (state.least || state.most) told.push(`${say("amount")}${colon()}${state.least || "…"} – ${state.most || "…"} ${state.currency}`);
  for (const key of ["report", "publisher"]) if (state[key]) told.push(`${say(key)}${colon()}${state[key]}`);
  if (state.onlyNew) told.push(say("onlyNew"));
  return told.join(" · ");
};
const poster = () => {
  const wide = container.clientWidth, high = container.clientHeight, keys = [];
  let x = MARGIN, row = 0;
  for (const key of legendKeys()) {
    const room = key.wide + 6 + widthOf(key.text, 12) + 18;
    if (x + room > wide - MARGIN && x > MARGIN) { x = MARGIN; row += 1; }
    keys.push({ ...key, x, row });
    x += room;
  }
  const note = limits(), top = 34 + (note ? LINE : 0), foot = keys.length ? (row + 1) * KEY + MARGIN : 0;
  const draw = (pen, frame) => {
    const sight = sightNow(), light = lit();
    pen.box(0, 0, wide, top + high + foot, { fill: paint.paper });
    frame(pen, top, () => pen.within(wide / 2 - ((sight.left + sight.right) / 2) * sight.scale, top + high / 2 - ((sight.top + sight.bottom) / 2) * sight.scale, sight.scale, () => {
      paintAxis(pen, sight);
      paintLines(pen, sight, light, false);
      paintMarks(pen, sight, light);
      paintWords(pen, sight, placeWords(sight, light));
    }));
    pen.within(MARGIN, 8, 1, () => pen.text([title()], { size: 15, bold: true, colour: paint.ink, align: "left", halo: false }));
    if (note) pen.within(MARGIN, 26, 1, () => pen.text([note], { size: 12, colour: paint.soft, align: "left", halo: false }));
    for (const key of keys) {
      pen.within(key.x, top + high + MARGIN / 2 + key.row * KEY + KEY / 2, 1, () => {
        key.draw(pen);
        pen.within(key.wide + 6, -LINE / 2, 1, () => pen.text([key.text], { size: 12, colour: paint.ink, align: "left", halo: false }));
      });
    }
  };
  return { wide, high: top + high + foot, map: { top, high }, draw };
};
const toPng = () => new Promise((resolve) => {
  const { wide, high, map, draw } = poster(), sharp = Math.max(2, Math.min(window.devicePixelRatio || 1, 3)), canvas = el("canvas", { width: Math.round(wide * sharp), height: Math.round(high * sharp) });
  const ctx = canvas.getContext("2d");
  ctx.scale(sharp, sharp);
  draw(new Canvas(ctx), (pen, top, picture) => {
    ctx.save();
    ctx.beginPath();
    ctx.rect(0, top, wide, map.high);
    ctx.clip();
    picture();
    ctx.restore();
  });
  canvas.toBlob(resolve, "image/png");
});
const toSvg = () => {
  const { wide, high, map, draw } = poster();
  const root = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width: wide, height: short(high), viewBox: `0 0 ${wide} ${short(high)}`, "aria-label": title().replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd"), role: "img" });
  root.append(svg("defs", {}, svg("clipPath", { id: "frame" }, svg("rect", { x: 0, y: map.top, width: wide, height: map.high }))));
  const pen = new Drawing(root);
  draw(pen, (_, __, picture) => {
    const outer = pen.root, inner = svg("g", { "clip-path": "url(#frame)" });
    outer.append(inner);
    pen.root = inner;
    picture();
    pen.root = outer;
  });
  return '<?xml version="1.0" encoding="UTF-8"?>\n' + new XMLSerializer().serializeToString(root) + "\n";
};

// ---- the shown relations, a row a source; formulas are made inert as kg/forms/csv.py makes them ----
const inert = (text) => (/^[=+\-@\t\r＝＋－＠]/.test(text) ? "'" + text : text);
const cell = (value) => {
  const text = inert(String(value ?? ""));
  return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
};
const CSV = ["subject", "relation", "object", "status", "amount", "currency", "qualifier", "amountText", "round", "date", "quote", "said", "title", "publisher", "report", "pageNumber", "url", "isNew", "subjectIri", "objectIri"];
const toCsv = () => {
  const rows = [CSV.map((key) => say("csv-" + key))];
  for (const edge of edges) {
    if (!edge.on) continue;
    const deal = edge.deal || {};
    for (const one of evidence(edge)) {
      rows.push([
        nameOf(edge.from), pick(relationOf(edge.relation)), nameOf(edge.to), edge.status ? pick(statusOf(edge.status)) : "",
        deal.amount, deal.currency, pick(words.qualifiers[deal.qualifier]), one.amount || deal.amount_text, deal.round, one.issued, one.quote,
        one.said ? pick(words.said[one.said]) || one.said : "", one.title, one.publisher, one.report, one.page, httpOnly(one.link) || one.link, edge.fresh ? say("new") : "", iriOf(edge.from), iriOf(edge.to),
      ]);
    }
  }
  return "\ufeff" + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
};
const FILES = {
  png: async () => save(fileName(".png"), await toPng()),
  svg: async () => save(fileName(".svg"), new Blob([toSvg()], { type: "image/svg+xml" })),
  csv: async () => save(fileName(".csv"), new Blob([toCsv()], { type: "text/csv;charset=utf-8" })),
};
