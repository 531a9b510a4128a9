// The same picture by two pens: on the canvas of the screen and of a PNG, and as the elements of an SVG.
const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';
const fontOf = (size, bold) => (bold ? "600 " : "") + size + "px " + FONT;
const LINE = 15;

// A line is [x1, y1, x2, y2] or, with the middle of a bend, [x1, y1, x2, y2, cx, cy]; a circle is [x, y, radius].
class Canvas {
  constructor(ctx) { this.ctx = ctx; }
  within(x, y, scale, draw) {
    this.ctx.save();
    this.ctx.translate(x, y);
    this.ctx.scale(scale, scale);
    draw();
    this.ctx.restore();
  }
  lines({ colour, width, dashes = [], opacity = 1, round = false }, lines) {
    const ctx = this.ctx;
    ctx.globalAlpha = opacity;
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.lineCap = round ? "round" : "butt";
    ctx.setLineDash(dashes);
    // a path a line: thousands of lines in one path take three times as long to fill in
    for (const line of lines) {
      ctx.beginPath();
      if (line.length === 3) {
        ctx.arc(line[0], line[1], line[2], 0, Math.PI * 2);
      } else {
        ctx.moveTo(line[0], line[1]);
        if (line.length > 4) ctx.quadraticCurveTo(line[4], line[5], line[2], line[3]);
        else ctx.lineTo(line[2], line[3]);
      }
      ctx.stroke();
    }
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
  }
  // marks are [x, y, size]; a stroke is drawn around them where it has a width
  marks(shape, { fill, stroke, width = 0, opacity = 1 }, marks) {
    const ctx = this.ctx, outline = OUTLINES[shape];
    ctx.globalAlpha = opacity;
    if (fill) ctx.fillStyle = fill;
    if (width) { ctx.strokeStyle = stroke; ctx.lineWidth = width; }
    for (const [x, y, size] of marks) {
      ctx.beginPath();
      if (outline) outline.forEach(([dx, dy], at) => (at ? ctx.lineTo(x + dx * size, y + dy * size) : ctx.moveTo(x + dx * size, y + dy * size)));
      else ctx.arc(x, y, size * DOT, 0, Math.PI * 2);
      ctx.closePath();
      if (fill) ctx.fill();
      if (width) ctx.stroke();
    }
    ctx.globalAlpha = 1;
  }
  polygons({ fill, opacity = 1 }, polygons) {
    const ctx = this.ctx;
    ctx.globalAlpha = opacity;
    ctx.fillStyle = fill;
    for (const points of polygons) {
      ctx.beginPath();
      points.forEach(([x, y], at) => (at ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
      ctx.fill();
    }
    ctx.globalAlpha = 1;
  }
  box(x, y, width, height, { fill, opacity = 1 }) {
    this.ctx.globalAlpha = opacity;
    this.ctx.fillStyle = fill;
    this.ctx.fillRect(x, y, width, height);
    this.ctx.globalAlpha = 1;
  }
  text(lines, { size, bold = false, colour, align = "center", halo = true }) {
    const ctx = this.ctx;
    ctx.font = fontOf(size, bold);
    ctx.textAlign = align;
    ctx.textBaseline = "middle";
    lines.forEach((line, at) => {
      if (halo) {
        ctx.lineJoin = "round";
        ctx.lineWidth = 3.5;
        ctx.strokeStyle = paint.paper;
        ctx.strokeText(line, 0, (at + 0.5) * LINE);
      }
      ctx.fillStyle = colour;
      ctx.fillText(line, 0, (at + 0.5) * LINE);
    });
  }
}

const short = (value) => String(Math.round(value * 100) / 100);
class Drawing {
  constructor(root) { this.root = root; }
  add(tag, options, ...children) { this.root.append(svg(tag, options, ...children)); }
  within(x, y, scale, draw) {
    const outer = this.root, group = svg("g", { transform: `translate(${short(x)} ${short(y)}) scale(${Math.round(scale * 1e5) / 1e5})` });
    outer.append(group);
    this.root = group;
    draw();
    this.root = outer;
  }
  lines({ colour, width, dashes = [], opacity = 1, round = false }, lines) {
    const group = svg("g", {
      fill: "none", stroke: colour, "stroke-width": short(width), "stroke-linecap": round ? "round" : undefined,
      "stroke-dasharray": dashes.length ? dashes.map(short).join(" ") : undefined, "stroke-opacity": opacity < 1 ? opacity : undefined,
    });
    for (const line of lines) {
      const at = line.map(short);
      if (line.length === 3) group.append(svg("circle", { cx: at[0], cy: at[1], r: at[2] }));
      else if (line.length > 4) group.append(svg("path", { d: `M${at[0]} ${at[1]}Q${at[4]} ${at[5]} ${at[2]} ${at[3]}` }));
      else group.append(svg("line", { x1: at[0], y1: at[1], x2: at[2], y2: at[3] }));
    }
    this.root.append(group);
  }
  marks(shape, { fill, stroke, width = 0, opacity = 1 }, marks) {
    const group = svg("g", {
      fill: fill || "none", stroke: width ? stroke : undefined, "stroke-width": width ? short(width) : undefined, opacity: opacity < 1 ? opacity : undefined,
    });
    for (const [x, y, size] of marks) {
      group.append(OUTLINES[shape] ? svg("polygon", { points: OUTLINES[shape].map(([dx, dy]) => short(x + dx * size) + "," + short(y + dy * size)).join(" ") })
        : svg("circle", { cx: short(x), cy: short(y), r: short(size * DOT) }));
    }
    this.root.append(group);
  }
  polygons({ fill, opacity = 1 }, polygons) {
    const group = svg("g", { fill, opacity: opacity < 1 ? opacity : undefined });
    for (const points of polygons) group.append(svg("polygon", { points: points.map(([x, y]) => short(x) + "," + short(y)).join(" ") }));
    this.root.append(group);
  }
  box(x, y, width, height, { fill, opacity = 1 }) {
    this.add("rect", { x: short(x), y: short(y), width: short(width), height: short(height), fill, opacity: opacity < 1 ? opacity : undefined });
  }
  text(lines, { size, bold = false, colour, align = "center", halo = true }) {
    lines.forEach((line, at) => {
      const text = svg("text", {
        x: 0, y: short((at + 0.5) * LINE + size * 0.35), fill: colour, "font-size": size, "font-family": FONT, "font-weight": bold ? 600 : undefined,
        "text-anchor": align === "center" ? "middle" : align === "right" ? "end" : undefined,
        ...(halo ? { stroke: paint.paper, "stroke-width": 3.5, "stroke-linejoin": "round", "paint-order": "stroke" } : {}),
      });
      // what XML can't hold: a file with it wouldn't open
      text.textContent = line.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
      this.root.append(text);
    });
  }
}
