"use strict";
// The page is complete without this script: it sorts, filters, draws the map, and keeps all of that in the address.
(() => {
  const state = new URLSearchParams(location.hash.slice(1));
  const remember = () => {
    for (const [name, value] of [...state]) if (!value) state.delete(name);
    history.replaceState(null, "", `#${state}`);
  };

  // --- tables that can be sorted by any column

  const names = new Intl.Collator(undefined, { numeric: true });

  const key = (cell, isNumber) => {
    if (!isNumber) return cell.textContent.trim();
    const number = /-?\d+(\.\d+)?(e[-+]?\d+)?/.exec(cell.dataset.value ?? cell.textContent);
    return number ? Number(number[0]) : null;
  };

  class Table {
    constructor(element) {
      this.parameter = element.dataset.sort;
      this.body = element.tBodies[0];
      this.heads = [...element.tHead.rows[0].cells];
      this.start = [...this.body.rows];
      this.first = this.heads.find((head) => head.ariaSort) ?? null;
      for (const head of this.heads) {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...head.childNodes);
        button.addEventListener("click", () => {
          const isDescending = head.getAttribute("aria-sort") === "ascending";
          this.sort(head, isDescending);
          state.set(this.parameter, (isDescending ? "-" : "") + head.dataset.key);
          remember();
        });
        head.append(button);
      }
    }

    // Rows without a value stay last in both directions; those with the same keep the order that they began in.
    sort(head, isDescending) {
      const at = this.heads.indexOf(head);
      const isNumber = head.dataset.kind === "number";
      const sign = isDescending ? -1 : 1;
      const keyed = this.start.map((row) => [key(row.cells[at], isNumber), row]);
      keyed.sort(([a], [b]) => {
        if (!isNumber) return (a === "") - (b === "") || sign * names.compare(a, b);
        if (a === null || b === null) return (a === null) - (b === null);
        return sign * (a - b);
      });
      this.show(keyed.map(([, row]) => row), head, isDescending ? "descending" : "ascending");
    }

    show(rows, head, direction) {
      this.body.replaceChildren(...rows);
      for (const other of this.heads) other.removeAttribute("aria-sort");
      head?.setAttribute("aria-sort", direction);
    }

    follow() {
      const wanted = state.get(this.parameter) ?? "";
      const head = this.heads.find((candidate) => candidate.dataset.key === wanted.replace(/^-/, ""));
      if (head) this.sort(head, wanted.startsWith("-"));
      else this.show(this.start, this.first, "ascending");
    }
  }

  const tables = [...document.querySelectorAll("table.sortable")].map((element) => new Table(element));

  // --- which students are shown

  const rows = [...document.getElementById("grades").tBodies[0].rows];
  const columns = [...document.getElementById("grades").tHead.rows[0].cells].map((head) => head.dataset.key);
  const box = document.getElementById("filter");
  const count = document.getElementById("count");
  const reset = document.getElementById("reset");
  const fields = new Map([...box.querySelectorAll("input, select")].map((field) => [field.name, field]));
  const students = rows.map((row) => ({
    row,
    name: row.cells[0].textContent.trim(),
    lowered: row.cells[0].textContent.trim().toLowerCase(),
    link: row.cells[0].querySelector("a"),
    status: row.cells[1].textContent.replace(" ", "_"),
    scored: row.cells[2].textContent,
    score: key(row.cells[2], true),
    isLate: columns.includes("late") && row.cells[columns.indexOf("late")].textContent !== "",
    isOverridden: columns.includes("override") && row.cells[columns.indexOf("override")].textContent !== "",
    isAgain: columns.includes("attempts") && row.cells[columns.indexOf("attempts")].textContent !== "",
    outcomes: row.dataset.outcomes,
    mistakes: (row.dataset.mistakes ?? "").split(" "),
    flags: (row.dataset.flags ?? "").split(" "),
  }));

  const chosen = (name) => fields.get(name)?.selectedOptions[0];

  const conditions = () => {
    const wanted = [];
    const ask = (name, test) => {
      const value = fields.get(name)?.value.trim() ?? "";
      if (value) wanted.push((student) => test(student, value));
    };
    ask("name", (student, value) => student.lowered.includes(value.toLowerCase()));
    ask("status", (student, value) => {
      if (value === "late") return student.isLate;
      if (value === "overridden") return student.isOverridden;
      return value === "again" ? student.isAgain : student.status === value;
    });
    const exercise = fields.get("exercise").selectedIndex - 1;
    const letter = chosen("outcome").dataset.letter;
    const isRight = (found) => (letter ? found === letter : found !== "." && found !== "-" && found !== " ");
    ask("outcome", (student) => {
      if (exercise >= 0) return isRight(student.outcomes[exercise]);
      return [...student.outcomes].some(isRight);
    });
    if (exercise >= 0) wanted.push((student) => student.outcomes[exercise] !== " ");
    for (const name of ["mistake", "flag"]) {
      const places = chosen(name)?.dataset.places?.split(" ") ?? [];
      ask(name, (student) => places.some((place) => student[`${name}s`].includes(place)));
    }
    ask("from", (student, value) => student.score !== null && student.score >= Number(value));
    ask("to", (student, value) => student.score !== null && student.score <= Number(value));
    return wanted;
  };

  let shown = students;
  const filter = () => {
    const wanted = conditions();
    shown = students.filter((student) => wanted.every((holds) => holds(student)));
    const isShown = new Set(shown);
    for (const student of students) student.row.hidden = !isShown.has(student);
    const all = students.length.toLocaleString("en");
    count.textContent = wanted.length ? `${shown.length.toLocaleString("en")} of ${all} shown` : `${all} students`;
    reset.hidden = wanted.length === 0;
    for (const field of fields.values()) field.classList.toggle("set", field.value !== "");
    map?.show();
  };

  for (const [name, field] of fields) {
    field.addEventListener("input", () => {
      state.set(name, field.value);
      remember();
      filter();
    });
  }
  reset.addEventListener("click", () => {
    for (const [name, field] of fields) {
      field.value = "";
      state.delete(name);
    }
    remember();
    filter();
    fields.get("name").focus();
  });

  // --- the map: every outcome of every student, of which only what is in sight is drawn

  // What of a cell's width is filled where rows are too low for symbols: no outcome is told by its colour alone.
  const looks = {
    passed: { colour: "--good", bars: [[0, 1]], alpha: 0.35 },
    failed: { colour: "--bad", bars: [[0.15, 0.85]], alpha: 1 },
    not_attempted: { colour: "--soft", bars: [[0.44, 0.56]], alpha: 0.7 },
    raised: { colour: "--warn", bars: [[0, 0.35], [0.65, 1]], alpha: 1 },
    timed_out: { colour: "--slow", bars: [[0, 0.5]], alpha: 1 },
    crashed: { colour: "--dead", bars: [[0, 0.2], [0.4, 0.6], [0.8, 1]], alpha: 1 },
    blocked: { colour: "--wait", bars: [[0.25, 0.4], [0.6, 0.75]], alpha: 1 },
    skipped: { colour: "--soft", bars: [[0.3, 0.7]], alpha: 0.35 },
    grader_error: { colour: "--odd", bars: [[0.5, 1]], alpha: 1 },
  };
  const HEIGHTS = { all: null, larger: 7, names: 18 }; // of a row, in pixels; null: as high as all fit in
  const NAMES_WIDTH = 150;

  class OutcomeMap {
    constructor(element) {
      this.frame = document.getElementById("map-frame");
      this.head = document.getElementById("map-head");
      this.space = document.getElementById("map-space");
      this.canvas = this.space.querySelector("canvas");
      this.cursor = document.getElementById("map-cursor");
      this.told = document.getElementById("cell");
      const text = document.getElementById("outcomes");
      const order = text.dataset.rows.split(" ").filter(Boolean).map(Number);
      const lines = text.textContent.split("\n");
      this.groups = text.dataset.groups.split(" ").map(Number);
      this.width = this.groups.reduce((sum, size) => sum + size, 0);
      // In the text a space stands between exercises; in the map there is none.
      const ends = this.groups.map((_, group) => this.groups.slice(0, group + 1).reduce((sum, size) => sum + size, 0));
      const compact = (line) => ends.map((end, group) => line.slice(end - this.groups[group] + group, end + group)).join("");
      this.all = order.map((place, at) => [students[place], compact(lines[at])]);
      this.checks = [...document.getElementById("checks").tBodies[0].rows].map((row) => ({
        title: row.cells[0].textContent.trim().replace(/\.$/, ""),
        exercise: row.cells[1].textContent,
      }));
      this.legend = [...document.querySelectorAll("#map-legend [data-letter]")];
      this.kinds = new Map(this.legend.map((entry) => [entry.dataset.letter, entry.dataset]));
      this.buttons = [...element.querySelectorAll("button[data-rows]")];
      this.at = null;

      for (const button of this.buttons) {
        button.addEventListener("click", () => {
          state.set("rows", button.dataset.rows);
          remember();
          this.follow();
          this.show();
        });
      }
      this.frame.addEventListener("scroll", () => this.draw(), { passive: true });
      this.canvas.addEventListener("pointermove", (event) => this.point(event));
      this.canvas.addEventListener("click", (event) => this.point(event));
      this.frame.addEventListener("keydown", (event) => this.move(event));
      let wide = 0;
      new ResizeObserver(([{ contentRect }]) => {
        if (contentRect.width === wide) return; // its height is our own doing
        wide = contentRect.width;
        this.lay();
      }).observe(this.frame);
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
        this.draw();
        this.drawLegend();
      });
      this.drawLegend();
      element.hidden = false;
      document.getElementById("as-text").open = false;
    }

    follow() {
      const wanted = state.get("rows");
      this.rows = wanted in HEIGHTS ? wanted : this.all.length > 40 ? "all" : "names";
      for (const button of this.buttons) button.ariaPressed = String(button.dataset.rows === this.rows);
    }

    show() {
      const isShown = new Set(shown);
      this.lines = this.all.filter(([student]) => isShown.has(student));
      this.at = null;
      this.tell();
      this.lay();
    }

    lay() {
      if (!this.lines) return;
      const room = Math.max(200, Math.round(innerHeight * 0.7));
      const count = Math.max(1, this.lines.length);
      this.hasNames = this.rows === "names";
      this.height = HEIGHTS[this.rows] ?? Math.min(HEIGHTS.names, room / count);
      this.left = this.hasNames ? NAMES_WIDTH : 0;
      const fitting = Math.floor((this.frame.clientWidth - this.left) / this.width);
      this.step = Math.max(this.hasNames ? 15 : 6, Math.min(24, fitting));
      this.wide = this.left + this.step * this.width;
      this.tall = Math.min(count * this.height, room);
      let first = 0;
      const titles = this.groups.map((size) => {
        const title = document.createElement("span");
        title.textContent = title.title = this.checks[first]?.exercise ?? "";
        title.style.width = `${size * this.step}px`;
        first += size;
        return title;
      });
      this.head.replaceChildren(...titles);
      this.head.style.paddingLeft = `${this.left}px`;
      this.head.style.width = this.space.style.width = `${this.wide}px`;
      this.space.style.height = `${count * this.height}px`;
      this.canvas.style.top = `${this.head.offsetHeight}px`;
      const bar = this.frame.offsetHeight - this.frame.clientHeight; // of scrolling sideways, and the border
      this.frame.style.maxHeight = `${this.head.offsetHeight + room + bar}px`;
      this.draw();
      this.mark();
    }

    draw() {
      const ratio = devicePixelRatio || 1;
      const pen = this.canvas.getContext("2d");
      this.canvas.width = this.wide * ratio; // also wipes it
      this.canvas.height = this.tall * ratio;
      this.canvas.style.width = `${this.wide}px`;
      this.canvas.style.height = `${this.tall}px`;
      pen.scale(ratio, ratio);
      pen.textBaseline = "middle";
      pen.font = "12px system-ui, sans-serif";
      const styles = getComputedStyle(document.documentElement);
      const colour = (name) => styles.getPropertyValue(name);
      // The canvas sticks to the top of the frame, but never leaves the space that it is in.
      this.offset = Math.min(this.frame.scrollTop, Math.max(0, this.lines.length * this.height - this.tall));
      const first = Math.floor(this.offset / this.height);
      const last = Math.min(this.lines.length, Math.ceil((this.offset + this.tall) / this.height));
      const high = this.height > 4 ? this.height - 1 : this.height;
      const size = this.step - 1;
      pen.textAlign = "center";
      for (const [letter, { outcome, symbol }] of this.kinds) {
        const { colour: name, bars, alpha } = looks[outcome];
        pen.fillStyle = colour(name);
        for (let row = first; row < last; row++) {
          const text = this.lines[row][1];
          const y = row * this.height - this.offset;
          for (let at = text.indexOf(letter); at >= 0; at = text.indexOf(letter, at + 1)) {
            const x = this.left + at * this.step;
            if (this.hasNames) {
              pen.globalAlpha = 0.22;
              pen.fillRect(x, y, size, high);
              pen.globalAlpha = 1;
              pen.fillText(symbol, x + size / 2, y + this.height / 2);
            } else {
              pen.globalAlpha = alpha;
              for (const [from, to] of bars) pen.fillRect(x + from * size, y, (to - from) * size, high);
            }
          }
        }
      }
      pen.globalAlpha = 1;
      pen.fillStyle = colour("--soft");
      let edge = this.left;
      for (const columns of this.groups) {
        if (edge > this.left) pen.fillRect(edge - 1, 0, 1, this.tall);
        edge += columns * this.step;
      }
      if (!this.hasNames) return;
      pen.fillStyle = colour("--ink");
      pen.textAlign = "left";
      pen.beginPath();
      pen.rect(0, 0, this.left - 6, this.tall);
      pen.clip();
      for (let row = first; row < last; row++) {
        pen.fillText(this.lines[row][0].name, 6, row * this.height - this.offset + this.height / 2);
      }
    }

    // Where the reader is: a frame around the cell, and a band across its row.
    mark() {
      this.cursor.hidden = !this.at;
      if (!this.at) return;
      const [row, column] = this.at;
      const high = Math.max(3, this.height);
      this.cursor.style.top = `${this.head.offsetHeight + row * this.height - (high - this.height) / 2}px`;
      this.cursor.style.left = `${this.left + column * this.step}px`;
      this.cursor.style.width = `${this.step - 1}px`;
      this.cursor.style.height = `${high}px`;
    }

    drawLegend() {
      const ratio = devicePixelRatio || 1;
      const styles = getComputedStyle(document.documentElement);
      for (const entry of this.legend) {
        const { outcome, symbol, label } = entry.dataset;
        const look = looks[outcome];
        const sample = document.createElement("canvas");
        sample.width = 14 * ratio;
        sample.height = 12 * ratio;
        sample.style.width = "14px";
        sample.style.height = "12px";
        sample.ariaHidden = "true";
        const pen = sample.getContext("2d");
        pen.scale(ratio, ratio);
        pen.fillStyle = styles.getPropertyValue(look.colour);
        pen.globalAlpha = look.alpha;
        for (const [from, to] of look.bars) pen.fillRect(from * 14, 0, (to - from) * 14, 12);
        entry.replaceChildren(sample, ` ${symbol} ${label}`);
      }
    }

    point(event) {
      const bounds = this.canvas.getBoundingClientRect();
      const column = Math.floor((event.clientX - bounds.left - this.left) / this.step);
      const row = Math.floor((event.clientY - bounds.top + this.offset) / this.height);
      if (row < 0 || row >= this.lines.length || column >= this.width) return;
      this.go(row, Math.max(0, column));
    }

    move(event) {
      if (event.altKey || event.ctrlKey || event.metaKey || !this.lines.length) return;
      const page = Math.max(1, Math.floor(Math.min(this.tall / this.height, this.lines.length / 4)) - 1);
      const steps = {
        ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
        PageUp: [-page, 0], PageDown: [page, 0], Home: [0, -this.width], End: [0, this.width],
      };
      if (event.key === "Enter" && this.at) this.lines[this.at[0]][0].link.click();
      const step = steps[event.key];
      if (!step) return;
      event.preventDefault();
      const [row, column] = this.at ?? [-step[0], -step[1]].map((value) => (value < 0 ? value : 0));
      const within = (value, end) => Math.max(0, Math.min(end - 1, value));
      this.go(within(row + step[0], this.lines.length), within(column + step[1], this.width));
      const y = this.at[0] * this.height;
      const room = this.frame.clientHeight - this.head.offsetHeight - this.height;
      if (y < this.frame.scrollTop) this.frame.scrollTop = y;
      else if (y > this.frame.scrollTop + room) this.frame.scrollTop = y - room;
      const x = this.at[1] * this.step;
      if (x < this.frame.scrollLeft) this.frame.scrollLeft = x;
      const end = this.left + x + this.step;
      if (end > this.frame.scrollLeft + this.frame.clientWidth) this.frame.scrollLeft = end - this.frame.clientWidth;
    }

    go(row, column) {
      if (this.at && this.at[0] === row && this.at[1] === column) return;
      this.at = [row, column];
      this.tell();
      this.mark();
    }

    tell() {
      if (!this.at) {
        this.told.textContent = "";
        return;
      }
      const [student, letters] = this.lines[this.at[0]];
      const check = this.checks[this.at[1]];
      const kind = this.kinds.get(letters[this.at[1]]);
      const link = document.createElement("a");
      link.href = student.link.getAttribute("href");
      link.append(student.link.firstChild.cloneNode(true));
      const outcome = document.createElement("strong");
      outcome.textContent = kind ? `${kind.symbol} ${kind.label}:` : "no such check:";
      this.told.replaceChildren(outcome, " ", link, ` ${student.scored}, ${check.exercise}: ${check.title}`);
    }
  }

  // --- all of it, and again when the address changes

  const element = document.getElementById("map");
  const map = element ? new OutcomeMap(element) : null;

  const follow = () => {
    for (const [name, field] of fields) {
      field.value = state.get(name) ?? "";
      if (field.selectedIndex === -1) field.selectedIndex = 0;
    }
    for (const table of tables) if (state.has(table.parameter) || table.isMoved) table.follow();
    for (const table of tables) table.isMoved = state.has(table.parameter);
    map?.follow();
    filter();
  };

  window.addEventListener("hashchange", () => {
    const text = location.hash.slice(1);
    if (text && !text.includes("=")) return; // a part of the page
    for (const name of [...state.keys()]) state.delete(name);
    for (const [name, value] of new URLSearchParams(text)) state.set(name, value);
    follow();
    if (state.has("mistake")) document.getElementById("students").scrollIntoView();
  });

  for (const hint of document.querySelectorAll(".in-table")) hint.hidden = false;
  box.hidden = false;
  follow();
})();
