// Draws the map and fills the panel. All that comes from reports is put in as text, never as markup.
// window.kgMap, at the end, is what tests and other scripts may rely on.
(() => {
  "use strict";

  const data = JSON.parse(document.getElementById("data").textContent);
  const words = data.words;
  const byId = (id) => document.getElementById(id);
  const container = byId("map"), panel = byId("panel"), search = byId("search"), results = byId("results");
  const nodes = new Map(data.nodes.map((node) => [node.id, node]));
  const edges = new Map(data.edges.map((edge) => [edge.id, edge]));
  const touching = new Map(data.nodes.map((node) => [node.id, []]));
  for (const edge of data.edges) {
    touching.get(edge.from).push(edge);
    if (edge.to !== edge.from) touching.get(edge.to).push(edge);
  }

  let lang = data.lang === "en" ? "en" : "zh";
  let dark = false, shown = null, hovered = null, moving = false, ready = 0, drawn = [], thick = 1;
  const off = { kind: new Set(), relation: new Set(), status: new Set() };
  let alone = data.edges.length === 0;

  // ---- words ----
  const pick = (entry) => (entry ? entry[lang] || entry.zh || entry.en || "" : "");
  const say = (key, values = {}) => pick(words.page[key]).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  const nameOf = (id) => nodes.get(id).names[lang];
  const brief = (entry) => (entry && entry.short ? pick(entry.short) : pick(entry));
  const statusOf = (edge) => words.statuses[edge.status] || (edge.status ? { zh: edge.status, en: edge.status, line: [2, 9] } : null);
  const edgeLabel = (edge) => {
    const status = statusOf(edge);
    const deal = brief(words.relations[edge.relation]) + (edge.deal && edge.deal.round ? " " + edge.deal.round : "");
    return deal + (status ? " · " + (status.crossed ? "✕ " : "") + brief(status) : "");
  };

  // ---- small builders ----
  const el = (tag, options = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(options)) {
      if (key === "text") node.textContent = value;
      else if (key === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
      else if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  };
  const svg = (tag, options, ...children) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(options)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const around = (corners, far, near) => Array.from({ length: near ? corners * 2 : corners }, (_, at) => {
    const angle = (Math.PI * 2 * at) / (near ? corners * 2 : corners) - Math.PI / 2, reach = near && at % 2 ? near : far;
    return (8 + reach * Math.cos(angle)).toFixed(1) + "," + (8 + reach * Math.sin(angle)).toFixed(1);
  }).join(" ");
  const kindMark = (kind) => {
    const { shape } = words.kinds[kind], fill = kindColour(kind);
    const marks = {
      dot: () => svg("circle", { cx: 8, cy: 8, r: 6, fill }),
      square: () => svg("rect", { x: 3, y: 3, width: 10, height: 10, fill }),
      diamond: () => svg("polygon", { points: around(4, 7), fill }),
      triangle: () => svg("polygon", { points: "8,2 15,14 1,14", fill }),
      hexagon: () => svg("polygon", { points: "4.5,2 11.5,2 15,8 11.5,14 4.5,14 1,8", fill }),
      star: () => svg("polygon", { points: around(5, 7.5, 3.4), fill }),
    };
    return svg("svg", { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" }, marks[shape]());
  };
  const lineMark = (status) => {
    const style = lineStyle(status);
    const line = svg("line", {
      x1: 1, y1: 6, x2: 39, y2: 6, stroke: style.colour, "stroke-width": style.width, "stroke-dasharray": style.dashes.join(" "),
    });
    const cross = status && words.statuses[status] && words.statuses[status].crossed
      ? [svg("path", { d: "M16 2 24 10M24 2 16 10", stroke: style.colour, "stroke-width": 1.8 })] : [];
    return svg("svg", { width: 40, height: 12, viewBox: "0 0 40 12", "aria-hidden": "true" }, line, ...cross);
  };

  // ---- looks ----
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  let paint = {};
  const readPaint = () => {
    paint = Object.fromEntries(["paper", "card", "ink", "soft", "faint", "line", "deal", "pending", "ended", "mark", "focus"].map((name) => [name, css("--" + name)]));
  };
  const kindColour = (kind) => words.kinds[kind][dark ? "dark" : "light"];
  const lineStyle = (status) => {
    if (!status) return { colour: paint.line, width: 1.2, dashes: [] };
    const entry = words.statuses[status];
    const dashes = entry ? entry.line : [2, 9];
    if (status === "completed") return { colour: paint.deal, width: 3, dashes };
    if (status === "terminated") return { colour: paint.ended, width: 1.8, dashes };
    return { colour: paint.pending, width: status === "announced" ? 2.2 : 1.9, dashes };
  };
  const near = () => {
    if (!shown) return null;
    if (edges.has(shown)) return new Set([shown, edges.get(shown).from, edges.get(shown).to]);
    const set = new Set([shown]);
    for (const edge of touching.get(shown)) set.add(edge.id).add(edge.from).add(edge.to);
    return set;
  };
  const edgeOn = (edge) => !off.relation.has(edge.relation) && !(edge.status && off.status.has(edge.status))
    && !off.kind.has(nodes.get(edge.from).kind) && !off.kind.has(nodes.get(edge.to).kind);
  const nodeOn = (node) => !off.kind.has(node.kind)
    && (alone || node.start || node.id === shown || touching.get(node.id).some(edgeOn));

  // vis-network draws its shapes of unlike sizes: these factors make them look alike
  const SHAPE_SIZE = { dot: 0.85, square: 0.75, diamond: 1.1, triangle: 0.85, hexagon: 0.9, star: 1.05 };
  const sizeOf = (node) => Math.max(node.size, 6 * thick);
  const nodeLook = (node, lit) => {
    const colour = kindColour(node.kind), chosen = node.id === shown || node.start;
    return {
      id: node.id, hidden: !nodeOn(node), opacity: lit && !lit.has(node.id) ? 0.22 : 1,
      size: sizeOf(node) * SHAPE_SIZE[node.shape], borderWidth: (chosen ? 3 : 1) * thick,
      color: {
        background: colour, border: chosen ? paint.ink : colour,
        highlight: { background: colour, border: paint.mark }, hover: { background: colour, border: paint.ink },
      },
    };
  };
  const edgeLook = (edge, lit) => {
    const style = lineStyle(edge.status), faded = lit && !lit.has(edge.id);
    return {
      id: edge.id, hidden: !edgeOn(edge), width: style.width * thick,
      dashes: style.dashes.length ? style.dashes.map((dash) => dash * thick) : false,
      arrows: { to: { enabled: !words.undirected.includes(edge.relation), scaleFactor: 0.3 * thick } },
      color: { color: style.colour, highlight: paint.mark, hover: paint.focus, opacity: faded ? 0.18 : 1, inherit: false },
    };
  };

  // ---- the network ----
  dark = matchMedia("(prefers-color-scheme: dark)").matches;
  readPaint();
  const visNodes = new vis.DataSet(data.nodes.map((node) => ({
    id: node.id, x: node.x, y: node.y, shape: node.shape, ...nodeLook(node, null),
  })));
  const visEdges = new vis.DataSet(data.edges.map((edge) => ({
    id: edge.id, from: edge.from, to: edge.to, smooth: edge.smooth,
    ...edgeLook(edge, null),
  })));
  const many = data.edges.length > 300;
  const network = new vis.Network(container, { nodes: visNodes, edges: visEdges }, {
    physics: false,
    layout: { improvedLayout: false },
    nodes: { chosen: false, borderWidthSelected: 3 },
    edges: {
      smooth: false, selectionWidth: 1.5, hoverWidth: 0.6,
      arrowStrikethrough: false, selfReference: { size: 18 },
    },
    interaction: {
      hover: true, hideEdgesOnDrag: many, hideEdgesOnZoom: many, tooltipDelay: 1e9, multiselect: false,
      selectConnectedEdges: false, hoverConnectedEdges: false, keyboard: { enabled: true, bindToWindow: false },
    },
  });

  const restyle = () => {
    const lit = near();
    visNodes.update(data.nodes.map((node) => nodeLook(node, lit)));
    visEdges.update(data.edges.map((edge) => edgeLook(edge, lit)));
  };

  // seen from afar, lines and marks keep their size on the screen: a dotted line must not look like a solid one
  const thicken = () => {
    const steps = Math.max(0, Math.ceil(Math.log(1 / network.getScale()) / Math.log(1.25)));
    const wanted = Math.min(1.25 ** steps, 4);
    if (wanted === thick) return;
    thick = wanted;
    restyle();
  };

  // ---- names: always of one legible size, the busiest first, never one over another ----
  class Room {
    constructor(cell) { this.cell = cell; this.cells = new Map(); }
    *keys(box) {
      for (let x = Math.floor(box[0] / this.cell); x <= Math.floor(box[2] / this.cell); x++)
        for (let y = Math.floor(box[1] / this.cell); y <= Math.floor(box[3] / this.cell); y++) yield x + ":" + y;
    }
    free(box, except) {
      for (const key of this.keys(box))
        for (const other of this.cells.get(key) || [])
          if (other.id !== except && box[0] < other.box[2] && other.box[0] < box[2] && box[1] < other.box[3] && other.box[1] < box[3]) return false;
      return true;
    }
    add(box, id) {
      for (const key of this.keys(box)) {
        if (!this.cells.has(key)) this.cells.set(key, []);
        this.cells.get(key).push({ box, id });
      }
    }
  }
  const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';
  const widths = new Map();
  const widthOf = (ctx, text, font) => {
    const key = font + text;
    if (!widths.has(key)) {
      ctx.font = font;
      widths.set(key, ctx.measureText(text).width);
    }
    return widths.get(key);
  };
  const byRank = [...data.nodes].sort((a, b) => b.start - a.start || touching.get(b.id).length - touching.get(a.id).length || a.part - b.part);
  const dealsFirst = [...data.edges].sort((a, b) => !a.status - !b.status);
  const ends = (edge) => network.body.edges[edge.id];

  const drawNames = (ctx) => {
    const scale = network.getScale(), grow = Math.min(Math.max(scale, 1), 1.5), unit = grow / scale;
    const corner = network.DOMtoCanvas({ x: 0, y: 0 }), last = network.DOMtoCanvas({ x: container.clientWidth, y: container.clientHeight });
    const place = network.getPositions(), room = new Room(90 * unit), marks = new Room(90 * unit), lit = near();
    const inView = (x, y) => x > corner.x && x < last.x && y > corner.y && y < last.y;
    const seen = byRank.filter((node) => nodeOn(node) && inView(place[node.id].x, place[node.id].y));
    for (const node of seen) {
      const { x, y } = place[node.id], size = sizeOf(node);
      marks.add([x - size, y - size, x + size, y + size], node.id);
    }
    // the busiest may write over lesser marks: a map without its main names is none
    const main = new Set(seen.slice(0, 14).filter((node) => touching.get(node.id).length > 2));
    const write = (text, x, y, font, colour) => {
      ctx.font = font;
      ctx.lineJoin = "round";
      ctx.lineWidth = 3.5;
      ctx.strokeStyle = paint.paper;
      ctx.strokeText(text, x, y);
      ctx.fillStyle = colour;
      ctx.fillText(text, x, y);
    };
    ctx.save();
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    drawn = [];
    const first = (node) => (node.id === shown || node.id === hovered ? 0 : lit && lit.has(node.id) ? 1 : 2);
    const order = lit || hovered ? [...seen].sort((a, b) => first(a) - first(b)) : seen;
    for (const node of order) {
      if (lit && !lit.has(node.id) && node.id !== hovered) continue;
      const { x, y } = place[node.id], lines = node.lines[lang];
      const bold = first(node) === 0 || node.start || touching.get(node.id).length > 4, font = (bold ? "600 " : "") + "12px " + FONT;
      const half = (Math.max(...lines.map((line) => widthOf(ctx, line, font))) / 2 + 2) * unit;
      const size = sizeOf(node) + 3 * unit, high = lines.length * 15 * unit;
      const boxes = [
        [x - half, y + size, x + half, y + size + high], [x - half, y - size - high, x + half, y - size],
        [x + size, y - high / 2, x + size + 2 * half, y + high / 2], [x - size - 2 * half, y - high / 2, x - size, y + high / 2],
      ];
      const box = boxes.find((one) => room.free(one, node.id) && marks.free(one, node.id))
        || (main.has(node) ? boxes.find((one) => room.free(one, node.id)) : null) || (first(node) ? null : boxes[0]);
      if (!box) continue;
      room.add(box, node.id);
      drawn.push(node.id);
      ctx.save();
      ctx.translate((box[0] + box[2]) / 2, box[1]);
      ctx.scale(unit, unit);
      lines.forEach((line, at) => write(line, 0, at * 15 + 7.5, font, paint.ink));
      ctx.restore();
    }
    if (!(moving && many)) {
      for (const edge of dealsFirst) {
        if (!edgeOn(edge)) continue;
        const line = ends(edge);
        if (!line || !line.connected) continue;
        const style = words.statuses[edge.status], faded = lit && !lit.has(edge.id);
        if (style && style.crossed) cross(ctx, line, 5 * Math.max(unit, 1), faded);
        if (faded || (!edge.status && scale < 0.7 && !lit)) continue;
        const from = place[edge.from], to = place[edge.to], text = edgeLabel(edge), font = "11px " + FONT;
        const wide = widthOf(ctx, text, font) * unit, long = Math.hypot(to.x - from.x, to.y - from.y);
        const slope = long ? Math.abs(to.x - from.x) / long : 1;
        if (long < wide * slope + 40 * unit && edge.id !== shown) continue;
        for (const t of [0.5, 0.4, 0.6]) {
          const at = line.edgeType.getPoint(t);
          if (!inView(at.x, at.y)) continue;
          const box = [at.x - wide / 2, at.y - 7 * unit, at.x + wide / 2, at.y + 7 * unit];
          if (!room.free(box, edge.id) || !marks.free(box, edge.id)) continue;
          room.add(box, edge.id);
          drawn.push(edge.id);
          ctx.save();
          ctx.translate(at.x, at.y);
          ctx.scale(unit, unit);
          // else the dot between relation and status is lost among the dots of the line
          ctx.fillStyle = paint.paper;
          ctx.globalAlpha = 0.85;
          ctx.fillRect(-widthOf(ctx, text, font) / 2 - 3, -7, widthOf(ctx, text, font) + 6, 14);
          ctx.globalAlpha = 1;
          write(text, 0, 0, font, edge.id === shown ? paint.mark : edge.status === "completed" ? paint.ink : paint.soft);
          ctx.restore();
          break;
        }
      }
    }
    ctx.restore();
  };
  const cross = (ctx, line, reach, faded) => {
    ctx.save();
    ctx.globalAlpha = faded ? 0.2 : 1;
    ctx.strokeStyle = paint.ended;
    ctx.lineWidth = reach / 2.6;
    for (const t of [0.2, 0.8]) {
      const at = line.edgeType.getPoint(t);
      ctx.beginPath();
      ctx.moveTo(at.x - reach, at.y - reach);
      ctx.lineTo(at.x + reach, at.y + reach);
      ctx.moveTo(at.x + reach, at.y - reach);
      ctx.lineTo(at.x - reach, at.y + reach);
      ctx.stroke();
    }
    ctx.restore();
  };

  const toWindow = (point) => {
    const at = network.canvasToDOM(point), frame = container.getBoundingClientRect();
    return { x: at.x + frame.left, y: at.y + frame.top };
  };

  // ---- the panel ----
  const httpOnly = (link) => {
    try {
      const url = new URL(link);
      return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
    } catch {
      return null;
    }
  };
  const closer = () => el("button", { class: "close", type: "button", text: "✕", "aria-label": say("close"), on: { click: () => show(null) } });
  const nameButton = (id) => el("button", { class: "name", type: "button", text: nameOf(id), on: { click: () => show(id, { move: true, focus: true }) } });
  const sentence = (edge) => {
    const relation = pick(words.relations[edge.relation]) || edge.relation, from = nameButton(edge.from), to = nameButton(edge.to);
    const [before, after] = relation.split("…");
    return after === undefined ? [from, " " + relation + " ", to] : [from, " " + before + " ", to, " " + after];
  };
  const plain = (edge) => {
    const relation = pick(words.relations[edge.relation]) || edge.relation, from = nameOf(edge.from), to = nameOf(edge.to);
    const [before, after] = relation.split("…");
    return after === undefined ? `${from} ${relation} ${to}` : `${from} ${before} ${to} ${after}`;
  };
  const money = (deal) => {
    if (!deal.amount) return null;
    // digit by digit, since an amount may be longer than a number is exact
    const [whole, part] = deal.amount.split("."), digits = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    const cents = part && !/^0*$/.test(part) ? "." + part : "";
    const qualifier = words.qualifiers[deal.qualifier];
    return [qualifier ? pick(qualifier) : "", digits + cents, deal.currency || ""].filter(Boolean).join(" ");
  };
  const citation = (one) => {
    const page = one.page ? say("page", { n: one.page }) : "", link = one.link || "";
    if (lang === "en") {
      const source = [one.publisher, one.title && `“${one.title}”`, one.issued].filter(Boolean).join(", ");
      return `“${one.quote}” (${[source, [one.report, page].filter(Boolean).join(", "), link].filter(Boolean).join("; ")})`;
    }
    const title = one.title ? "《" + one.title.replace(/《/g, "〈").replace(/》/g, "〉") + "》" : "";
    const source = [one.publisher, title].filter(Boolean).join("：");
    return `“${one.quote}”（${[source, one.issued, (one.report ? one.report + " " : "") + page, link].filter((part) => part && part.trim()).join("，")}）`;
  };
  const copy = async (text, button) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // a page from a mail may not have the clipboard: the old way, then the reader's own hand
      const area = el("textarea", { readonly: true, "aria-label": say("selectIt") });
      area.value = text;
      button.after(area);
      area.select();
      if (!document.execCommand("copy")) return;
      area.remove();
    }
    button.textContent = say("copied");
    setTimeout(() => { button.textContent = say("copy"); }, 1500);
  };
  const quoteItem = (one, edge) => {
    const item = el("li"), url = httpOnly(one.link);
    item.append(el("blockquote", { text: one.quote }));
    const page = one.page ? [one.report, say("page", { n: one.page })].filter(Boolean).join(" ") : one.report;
    const where = [one.publisher, one.title, one.issued, page].filter(Boolean);
    item.append(el("p", { class: "where" }, ...where.map((part, at) => el("bdi", { text: (at ? " · " : "") + part }))));
    const notes = [];
    if (one.said) notes.push(pick(words.said[one.said]) || one.said);
    if (edge.deal && one.status) notes.push(say("tells") + (lang === "zh" ? "：" : ": ") + (pick(words.statuses[one.status]) || one.status));
    if (one.role) notes.push(say("role") + (lang === "zh" ? "：" : ": ") + one.role);
    if (notes.length) item.append(el("p", { class: "where", text: notes.join(" · ") }));
    const acts = el("div", { class: "acts" });
    if (url) acts.append(el("a", { href: url, target: "_blank", rel: "noopener noreferrer", text: say("link") }));
    else if (one.link) acts.append(el("span", { text: one.link }));
    const button = el("button", { class: "copy", type: "button", text: say("copy"), on: { click: () => copy(citation(one), button) } });
    acts.append(button);
    item.append(acts);
    return item;
  };
  const edgePanel = (edge) => {
    const parts = [closer(), el("h2", {}, ...sentence(edge))], status = statusOf(edge);
    if (status) parts.push(el("p", {}, el("span", { class: "badge" }, lineMark(edge.status), pick(status))));
    const deal = edge.deal || {}, told = edge.evidence.find((one) => one.amount_text);
    const facts = el("dl");
    const fact = (key, value, small) => value && facts.append(el("dt", { text: say(key) }), el("dd", { text: value }, small ? el("small", { text: small }) : null));
    const words_ = deal.amount_text || (told && told.amount_text), number = money(deal);
    fact("amount", words_ || number, words_ && number);
    fact("round", deal.round);
    fact("stake", deal.stake && Number((Number(deal.stake) * 100).toFixed(4)) + "%");
    fact("valuation", deal.valuation && money({ amount: deal.valuation, currency: deal.currency }));
    fact("announced", deal.announced);
    fact("completed", deal.completed);
    if (facts.children.length) parts.push(facts);
    parts.push(el("h3", { text: `${say("quotes")} (${edge.evidence.length})` }));
    parts.push(el("ol", {}, ...edge.evidence.map((one) => quoteItem(one, edge))));
    return parts;
  };
  const nodePanel = (node) => {
    const kind = el("p", {}, el("span", { class: "badge" }, kindMark(node.kind), pick(words.kinds[node.kind])));
    const parts = [closer(), el("h2", { text: node.names[lang] }), kind];
    const others = node.others.filter((name) => name !== node.names[lang]);
    if (others.length) parts.push(el("h3", { text: say("names") }), el("ul", {}, ...others.map((name) => el("li", {}, el("bdi", { text: name })))));
    const own = touching.get(node.id);
    parts.push(el("h3", { text: own.length ? `${say("relations")} (${own.length})` : say("none") }));
    parts.push(...own.map((edge) => {
      const status = statusOf(edge);
      const small = status ? el("small", {}, lineMark(edge.status), pick(status)) : null;
      return el("button", { class: "go", type: "button", on: { click: () => show(edge.id, { move: true, focus: true }) } }, el("span", { text: plain(edge) }), small);
    }));
    return parts;
  };
  const quoteCount = data.edges.reduce((sum, edge) => sum + edge.evidence.length, 0);
  const fillPanel = () => {
    const count = say("count", { nodes: data.nodes.length, edges: data.edges.length, quotes: quoteCount });
    byId("hint").textContent = data.nodes.length ? count + (lang === "zh" ? "。" : ". ") + say("hint") : say("empty");
    panel.hidden = !shown;
    byId("hint").hidden = Boolean(shown);
    panel.replaceChildren(...(edges.has(shown) ? edgePanel(edges.get(shown)) : nodes.has(shown) ? nodePanel(nodes.get(shown)) : []));
    panel.scrollTop = 0;
  };
  // the middle of what the panel leaves free
  const offset = () => {
    const map = container.getBoundingClientRect(), box = panel.getBoundingClientRect();
    const below = box.width > map.width * 0.8;
    return { x: below ? 0 : -Math.max(0, map.right - box.left) / 2, y: below ? -Math.max(0, map.bottom - box.top) / 2 : 0 };
  };
  const covered = (point) => {
    const box = panel.getBoundingClientRect(), at = toWindow(point);
    return at.x > box.left - 30 && at.x < box.right && at.y > box.top - 30 && at.y < box.bottom;
  };
  const show = (id, { move = false, focus = false } = {}) => {
    shown = id;
    restyle();
    network.unselectAll();
    if (edges.has(id)) network.selectEdges([id]);
    if (nodes.has(id)) network.selectNodes([id], false);
    fillPanel();
    if (id) {
      const place = network.getPositions(), edge = edges.get(id);
      const ids = edge ? [edge.from, edge.to] : [id];
      const position = {
        x: ids.reduce((sum, one) => sum + place[one].x, 0) / ids.length, y: ids.reduce((sum, one) => sum + place[one].y, 0) / ids.length,
      };
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches, animation = calm ? false : { duration: 300 };
      const scale = move ? Math.max(network.getScale(), 0.9) : network.getScale();
      if (move || covered(position)) network.moveTo({ position, scale, offset: offset(), animation });
      if (calm) thicken();
    }
    if (focus) panel.focus({ preventScroll: true });
  };

  // ---- search: as people type it ----
  const fold = (text) => text.normalize("NFKC").toLowerCase().replace(/[\s《》〈〉“”"'‘’()（）·.,，。、-]+/g, "");
  const index = data.nodes.map((node) => ({ node, forms: [...new Set([...Object.values(node.names), ...node.others].map(fold))] }));
  let found = [], active = -1;
  const rank = (forms, wanted) => Math.min(...forms.map((form) => (form === wanted ? 0 : form.startsWith(wanted) ? 1 : form.includes(wanted) ? 2 : 9)));
  const fillResults = () => {
    const wanted = fold(search.value);
    found = wanted
      ? index.map(({ node, forms }) => ({ node, rank: rank(forms, wanted) })).filter((hit) => hit.rank < 9)
        .sort((a, b) => a.rank - b.rank || touching.get(b.node.id).length - touching.get(a.node.id).length).slice(0, 30).map((hit) => hit.node)
      : byRank.slice(0, 12);
    active = -1;
    results.replaceChildren(...(found.length ? found.map((node, at) => el("li", {
      role: "option", id: "result-" + at, "aria-selected": "false",
      on: { mousedown: (event) => { event.preventDefault(); choose(at); } },
    }, kindMark(node.kind), el("bdi", { text: node.names[lang] }), el("small", { text: pick(words.kinds[node.kind]) })))
      : [el("li", { class: "none", text: say("nothing") })]));
    openResults(true);
  };
  const openResults = (open) => {
    results.hidden = !open;
    search.setAttribute("aria-expanded", String(open));
    if (!open) search.removeAttribute("aria-activedescendant");
  };
  const mark = (at) => {
    active = at;
    [...results.children].forEach((item, place) => item.setAttribute("aria-selected", String(place === at)));
    if (results.children[at]) {
      search.setAttribute("aria-activedescendant", "result-" + at);
      results.children[at].scrollIntoView({ block: "nearest" });
    }
  };
  const choose = (at) => {
    const node = found[at];
    if (!node) return;
    openResults(false);
    show(node.id, { move: true, focus: true });
  };
  search.addEventListener("input", fillResults);
  search.addEventListener("focus", fillResults);
  search.addEventListener("blur", () => openResults(false));
  search.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" && found.length) mark((active + 1) % found.length);
    else if (event.key === "ArrowUp" && found.length) mark((active - 1 + found.length) % found.length);
    else if (event.key === "Enter") choose(Math.max(active, 0));
    else if (event.key === "Escape") openResults(false);
    else return;
    event.preventDefault();
  });

  // ---- filters, which are the legend too ----
  const tally = (list, key) => list.reduce((counts, one) => (one[key] ? counts.set(one[key], (counts.get(one[key]) || 0) + 1) : counts), new Map());
  const tick = (checked, change, ...content) => {
    const box = el("input", { type: "checkbox" });
    box.checked = checked;
    box.addEventListener("change", () => { change(box); restyle(); });
    return el("label", {}, box, ...content);
  };
  const flip = (set, key) => (box) => { if (box.checked) set.delete(key); else set.add(key); };
  const fillFilters = () => {
    const kinds = tally(data.nodes, "kind"), relations = tally(data.edges, "relation"), statuses = tally(data.edges, "status");
    const group = (title, rows, name) => (rows.length ? el("fieldset", { class: name }, el("legend", { text: title }), ...rows) : null);
    const kindRows = Object.keys(words.kinds).filter((kind) => kinds.has(kind)).map((kind) =>
      tick(!off.kind.has(kind), flip(off.kind, kind), kindMark(kind), el("span", { text: pick(words.kinds[kind]) }), el("small", { text: kinds.get(kind) })));
    const statusRows = Object.keys(words.statuses).filter((status) => statuses.has(status)).map((status) =>
      tick(!off.status.has(status), flip(off.status, status), lineMark(status), el("span", { text: pick(words.statuses[status]) }), el("small", { text: statuses.get(status) })));
    const relationRows = words.groups.flatMap((entry) => {
      const own = entry.relations.filter((relation) => relations.has(relation));
      if (!own.length) return [];
      const all = tick(own.some((relation) => !off.relation.has(relation)), (box) => {
        own.forEach((relation) => flip(off.relation, relation)(box));
        fillFilters();
      }, el("b", { text: pick(entry) }));
      return [all, ...own.map((relation) => {
        const row = tick(!off.relation.has(relation), flip(off.relation, relation), el("span", { text: brief(words.relations[relation]) }), el("small", { text: relations.get(relation) }));
        row.classList.add("sub");
        return row;
      })];
    });
    const lonely = data.nodes.filter((node) => !touching.get(node.id).length).length;
    const rest = lonely && data.edges.length ? [tick(alone, (box) => { alone = box.checked; }, el("span", { text: say("alone") }), el("small", { text: lonely }))] : [];
    const other = data.edges.some((edge) => !edge.status) ? [el("label", {}, lineMark(""), el("span", { text: say("document") }))] : [];
    byId("boxes").replaceChildren(...[
      group(say("kind"), [...kindRows, ...rest]), group(say("status"), [...statusRows, ...other]), group(say("relation"), relationRows, "ways"),
    ].filter(Boolean));
  };

  // ---- language, theme, keys ----
  const translate = () => {
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    byId("filters").querySelector("summary").textContent = say("legend") + " / " + say("filters");
    for (const [id, key] of [["fit", "fit"], ["language", "language"]]) byId(id).textContent = say(key);
    for (const [id, key] of [["zoom-in", "in"], ["zoom-out", "out"]]) byId(id).setAttribute("aria-label", say(key));
    byId("language").lang = lang === "zh" ? "en" : "zh-CN";
    search.placeholder = say("search");
    search.setAttribute("aria-label", say("search"));
    results.setAttribute("aria-label", say("results"));
    container.setAttribute("aria-label", say("canvas"));
    panel.setAttribute("aria-label", say("details"));
    fillFilters();
    fillPanel();
    network.redraw();
  };
  const theme = (isDark) => {
    dark = isDark;
    readPaint();
    fillFilters();
    fillPanel();
    restyle();
  };
  const fit = () => {
    const seen = data.nodes.filter(nodeOn).map((node) => node.id);
    if (seen.length) network.fit({ nodes: seen, maxZoomLevel: 1.1 });
    network.moveTo({ scale: network.getScale() * 0.93 });
    thicken();
  };
  const start = () => {
    fit();
    // too far off to read: begin with the biggest part, or on a small screen with the busiest name in it
    const first = byRank.find((node) => nodeOn(node));
    if (!first || network.getScale() > 0.28) return;
    network.fit({ nodes: data.nodes.filter((node) => nodeOn(node) && node.part === 0).map((node) => node.id), maxZoomLevel: 1.1 });
    if (network.getScale() < 0.28) network.moveTo({ position: network.getPosition(first.id), scale: 0.4 });
    thicken();
  };
  const zoom = (factor) => {
    network.moveTo({ scale: network.getScale() * factor });
    thicken();
  };
  byId("fit").addEventListener("click", fit);
  byId("zoom-in").addEventListener("click", () => zoom(1.3));
  byId("zoom-out").addEventListener("click", () => zoom(1 / 1.3));
  byId("language").addEventListener("click", () => { lang = lang === "zh" ? "en" : "zh"; translate(); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown && event.target !== search) show(null);
    else if (event.key === "/" && event.target !== search) { event.preventDefault(); search.focus(); }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => theme(event.matches));
  addEventListener("beforeprint", () => { theme(false); network.redraw(); });
  addEventListener("afterprint", () => theme(matchMedia("(prefers-color-scheme: dark)").matches));

  network.on("click", (event) => show(event.nodes[0] || event.edges[0] || null));
  network.on("hoverNode", (event) => { hovered = event.node; container.style.cursor = "pointer"; });
  network.on("blurNode", () => { hovered = null; container.style.cursor = ""; });
  network.on("hoverEdge", () => { container.style.cursor = "pointer"; });
  network.on("blurEdge", () => { container.style.cursor = ""; });
  network.on("zoom", thicken);
  network.on("animationFinished", thicken);
  network.on("dragStart", () => { moving = true; });
  network.on("dragEnd", () => { moving = false; network.redraw(); });
  network.on("afterDrawing", (ctx) => {
    drawNames(ctx);
    ready ||= performance.now();
  });
  if (matchMedia("(max-width: 760px)").matches) byId("filters").open = false;
  translate();
  start();

  // What tests and scripts may use. Points are of the window, in CSS pixels.
  window.kgMap = Object.freeze({
    readyAfter: () => ready, // milliseconds from opening to the first picture; 0 before
    nodes: () => data.nodes.filter(nodeOn).map(({ id, iri, kind }) => ({ id, iri, kind })), // those on show
    edges: () => data.edges.filter(edgeOn).map(({ id, from, to, relation, status }) => ({ id, from, to, relation, status })),
    nodePoint: (id) => toWindow(network.getPosition(id)),
    edgePoint: (id, t = 0.5) => toWindow(network.body.edges[id].edgeType.getPoint(t)),
    labels: () => [...drawn], // ids of the nodes and edges whose names are legible now
    show: (id) => show(id, { move: true }), // a node or an edge, as a click does
    fit,
    draw: () => network.redraw(), // at once
  });
})();
