// One example in the table: three texts to write in, what is to be said about them, its figures.

const version = new URL(import.meta.url).search;
const { make, say } = await import("./component.js" + version);
const { Writing } = await import("./writing.js" + version);

export const COLUMNS = ["system", "user", "assistant"];
const SIGNS = { ok: "", error: "×", warning: "!", advice: "i" };

export class GridRow {
  constructor(grid, id) {
    this.grid = grid;
    this.id = id;
    this.box = make("input", { type: "checkbox", onclick: (event) => this.tick(event) });
    this.number = make("span");
    this.tokens = make("td", { class: "tokens" });
    this.review = this.reviewButton();
    this.noted = this.opener("✎", "noted");
    this.open = this.opener("", "open");
    this.status = make("td", { class: "status" }, make("div", {}, this.noted, this.review, this.open));
    this.writings = {};
    this.notes = {};
    this.element = make(
      "tr",
      { "data-id": id },
      make("th", { scope: "row", class: "number" }, make("label", {}, this.box, this.number)),
      ...COLUMNS.map((column) => this.cell(column)),
      this.tokens,
      this.status,
    );
  }

  // Whether the server has yet to give it an id.
  get isComing() {
    return typeof this.id === "string";
  }

  get isBlank() {
    return COLUMNS.every((column) => !this.writings[column].text);
  }

  name(id) {
    this.id = id;
    this.element.dataset.id = id;
  }

  cell(column) {
    const area = make("textarea", { rows: 1, "data-column": column });
    this.writings[column] = new Writing(area, {
      onText: (writing) => this.grid.typed(this, column, writing),
      onLeave: () => this.grid.left(),
    });
    area.addEventListener("focus", () => this.entered(column));
    this.notes[column] = make("div", { class: "notes", id: `notes-${this.id}-${column}` });
    return make("td", { class: column }, area, this.notes[column]);
  }

  tick(event) {
    this.grid.pick(this, this.box.checked, event.shiftKey);
  }

  showPicked(on) {
    this.box.checked = on;
    this.element.classList.toggle("picked", on);
  }

  // A text too long to travel with every page is fetched when somebody means to write in it.
  entered(column) {
    if (this.values.clipped?.includes(column)) this.grid.act("whole", { row: this.id });
  }

  update(values) {
    this.values = values;
    const { words } = this.grid;
    this.number.textContent = values.number;
    this.box.setAttribute("aria-label", say(words, "pick", { n: values.number }));
    for (const column of COLUMNS) this.updateCell(column, values);
    this.updateMore(values);
    this.tokens.textContent = values.tokens ?? "…";
    this.updateStatus(values);
  }

  updateCell(column, values) {
    const { words } = this.grid;
    const notes = values.notes.filter((note) => note.column === column);
    const [worst] = notes;
    const writing = this.writings[column];
    const { area } = writing;
    area.placeholder = column === "system" ? words.inherited : words[`write_${column}`];
    const wasShut = area.readOnly;
    area.readOnly = Boolean(
      values.locked?.includes(column) || values.clipped?.includes(column),
    );
    area.setAttribute(
      "aria-label",
      say(words, "cell", { column: words[`column_${column}`], n: values.number }),
    );
    area.setAttribute("aria-invalid", String(worst?.severity === "error"));
    area.setAttribute("aria-describedby", this.notes[column].id);
    area.parentElement.dataset.mark = worst?.severity ?? "";
    if (wasShut) writing.overwrite(values[column]);
    else writing.show(values[column]);
    writing.underline(values[column], notes);
    this.notes[column].replaceChildren(...notes.map((note) => this.note(note)));
  }

  note({ severity, text, fix, code }) {
    const onclick = () => this.mend(code);
    const attributes = { type: "button", class: "fix", title: fix, onclick };
    const button = fix ? make("button", attributes, this.grid.words.fix) : null;
    return make("div", { class: `note ${severity}` }, text, button);
  }

  mend(code) {
    this.grid.act("fix", { row: this.id, code });
  }

  // Mend the first thing marked in a cell that can be mended.
  fix(column) {
    const note = this.values.notes.find((each) => each.fix && each.column === column);
    if (!note) return;
    this.writings[column].yield();
    this.mend(note.code);
  }

  updateMore({ more, clipped, locked, tags, held_out: heldOut }) {
    const { words } = this.grid;
    if (heldOut) {
      const attributes = { class: "tag held", title: words.held_out_why };
      this.notes.user.append(make("span", attributes, words.held_out));
    }
    this.notes.user.append(...(tags ?? []).map((tag) => this.tag(tag)));
    if (more) this.notes.user.append(this.opener(more, "more"));
    for (const column of clipped ?? []) {
      this.notes[column].append(make("div", { class: "note" }, words.clipped));
    }
    for (const column of locked ?? []) {
      this.notes[column].append(this.opener(words.locked, "more"));
    }
  }

  tag(tag) {
    const off = make("button", { type: "button" }, "×");
    off.setAttribute("aria-label", say(this.grid.words, "untag", { tag }));
    const rows = [this.id];
    off.addEventListener("click", () => this.grid.act("tag", { rows, tag, on: false }));
    return make("span", { class: "tag" }, tag, off);
  }

  reviewButton() {
    const onclick = () => this.grid.askReview(this);
    const menu = { "aria-haspopup": "menu", "aria-expanded": "false" };
    return make("button", { type: "button", class: "review", onclick, ...menu });
  }

  // What is to be looked at, the state of review, and whether somebody left a note.
  updateStatus({ mark, status, number, review = "draft", note }) {
    const { words } = this.grid;
    this.open.replaceChildren(make("i", { class: `dot ${mark}`, "aria-hidden": "true" }, SIGNS[mark]));
    this.open.setAttribute("aria-label", say(words, "open", { n: number, status }));
    this.open.title = status;
    const state = words[`review_${review}`];
    this.review.replaceChildren(make("i", { class: `state ${review}`, "aria-hidden": "true" }));
    this.review.setAttribute("aria-label", say(words, "reviewed", { n: number, state }));
    this.review.title = state;
    this.noted.hidden = !note;
    this.noted.title = note ?? "";
    this.noted.setAttribute("aria-label", say(words, "noted", { n: number, note: note ?? "" }));
  }

  opener(text, kind) {
    const open = () => this.grid.act("open", { row: this.id });
    return make("button", { type: "button", class: kind, onclick: open }, text);
  }
}
