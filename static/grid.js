// The table of examples: text areas to write in, moved through like a spreadsheet.
//
// The server sends rows (only those that changed), the words to show, and what it has dealt with;
// we send what the person does, through the outbox. What is being written is never overwritten.

const version = new URL(import.meta.url).search;
const { mountView, say } = await import("./component.js" + version);
const { Outbox, newKey } = await import("./outbox.js" + version);
const { isComposing } = await import("./writing.js" + version);
const { GridRow, COLUMNS } = await import("./grid_row.js" + version);
const { GridKeys } = await import("./grid_keys.js" + version);
const { readTable, writeTable } = await import("./clipboard.js" + version);
const { GridMenu } = await import("./grid_menu.js" + version);
const { GridFrame } = await import("./grid_frame.js" + version);
const { REVIEWS } = await import("./grid_tools.js" + version);

const TAKEN_UP = 5000; // ms within which a cursor goes on where it was
const left = new Map(); // by name: where the cursor was when its table was taken off the page

export function mount(component) {
  const style = new URL("./grid.css" + version, import.meta.url);
  return mountView(component, style, (root) => new Grid(root));
}

class Grid {
  constructor(root) {
    this.rows = new Map(); // by id; a new row by the key it was asked for with
    this.picked = new Set(); // ids
    this.everything = false; // whether what is ticked stands for all that is found, on every page
    this.revision = 0;
    this.keys = new GridKeys(this);
    this.menu = new GridMenu();
    this.frame = new GridFrame(this);
    this.body = this.frame.body;
    root.append(this.frame.element);
    this.body.addEventListener("keydown", (event) => this.keys.press(event));
    this.body.addEventListener("focusout", ({ target }) => setTimeout(() => this.lose(target)));
    this.body.addEventListener("paste", (event) => this.paste(event));
    this.frame.element.addEventListener("copy", (event) => this.copy(event));
    this.undoKeys = (event) => this.keys.pressAnywhere(event);
    document.addEventListener("keydown", this.undoKeys);
    this.leaving = (event) => this.outbox?.items.length && event.preventDefault();
    window.addEventListener("beforeunload", this.leaving);
  }

  // What the server has to say. `data.base` is the revision it builds on, null where it is whole.
  update(data, component) {
    this.component = component;
    if (data.words) this.words = data.words;
    this.openOutbox(data);
    for (const [key, id] of Object.entries(data.added)) this.name(key, id);
    this.settle(data);
    if (data.base === null) this.epoch = data.epoch;
    else if (data.epoch !== this.epoch || data.base > this.revision) return this.ask();
    this.revision = data.revision;
    this.showRows(data);
    this.state = data;
    this.frame.update(data);
    this.showOpen(data.open);
    if (data.focus && data.focus.key !== this.focusedBy) this.focusOn(data.focus);
    this.takeUp();
  }

  visible() {
    this.takeUp();
  }

  // After a broken connection Streamlit may put a new table in the place of the old one: whoever
  // was writing goes on in it.
  lose(area) {
    if (this.frame.element.isConnected || !area.dataset.column) return;
    const row = Number(area.closest("tr").dataset.id);
    const { selectionStart, selectionEnd } = area;
    const caret = [selectionStart, selectionEnd];
    left.set(this.outbox.name, { row, column: area.dataset.column, caret, at: performance.now() });
  }

  takeUp() {
    const place = left.get(this.outbox?.name);
    const area = this.rows.get(place?.row)?.writings[place.column].area;
    if (!area || document.activeElement !== document.body) return;
    if (performance.now() - place.at < TAKEN_UP) area.focus();
    else left.delete(this.outbox.name);
    if (document.activeElement === document.body) return; // not to be seen yet
    left.delete(this.outbox.name);
    area.setSelectionRange(...place.caret);
  }

  // Each project has its own; the cursor is where it was put in an earlier life.
  openOutbox({ name, focus }) {
    if (this.outbox?.name === `tonesmith.${name}`) return;
    this.outbox?.close();
    this.focusedBy = focus?.key;
    this.outbox = new Outbox({
      name,
      composing: isComposing,
      deliver: (message) => this.deliver(message),
      onState: (state) => this.frame.tell(state),
    });
  }

  deliver(message) {
    const { epoch = "", revision } = this;
    this.component.setTriggerValue("sent", { ...message, epoch, seen: revision });
  }

  // Ask for the whole page: what came builds on something we do not have. What waits goes along,
  // as Streamlit may drop all messages but the last.
  ask() {
    this.revision = 0;
    this.outbox.speak();
  }

  // Do something that the server carries out; `key` lets it be sent twice and done once.
  act(kind, values = {}) {
    this.outbox.put({ kind, key: newKey(), ...values });
  }

  settle(data) {
    for (const item of this.outbox.settle(data.ack, data.refused)) {
      const writing = this.rows.get(item.row)?.writings?.[item.column];
      if (item.kind === "type") writing?.saved(item.text);
    }
  }

  showRows(data) {
    for (const values of data.rows) this.showRow(values);
    const wanted = new Set(data.order);
    for (const [id, row] of this.rows) {
      if (!wanted.has(id) && !row.isComing) this.drop(id, row);
    }
    data.order.forEach((id, place) => {
      const element = this.rows.get(id).element;
      const there = this.body.children[place];
      if (there !== element) this.body.insertBefore(element, there ?? null);
    });
  }

  showRow(values) {
    const known = this.rows.get(values.id);
    const row = known ?? new GridRow(this, values.id);
    this.rows.set(values.id, row);
    row.update(values);
    if (known) return;
    for (const item of this.outbox.items) {
      if (item.kind === "type" && item.row === row.id) row.writings[item.column].recall(item.text);
    }
  }

  // A new example: it is here at once to be written in, and gets its id when the server has it.
  add(texts = {}) {
    const key = newKey();
    this.outbox.put({ kind: "add", key, ...texts });
    const row = new GridRow(this, key);
    this.rows.set(key, row);
    this.body.append(row.element);
    const { column, text } = texts;
    const cells = { system: "", user: "", assistant: "", [column ?? "user"]: text ?? "" };
    row.update({ number: "…", ...cells, tokens: null, mark: "ok", status: "", notes: [] });
    this.frame.element.classList.remove("blank");
    this.keys.enter(row, "user");
  }

  // The row that we asked for with this key has an id.
  name(key, id) {
    const row = this.rows.get(key);
    if (!row) return;
    this.rows.delete(key);
    this.rows.set(id, row);
    row.name(id);
    this.outbox.rename(key, id);
    if (this.picked.delete(key)) this.picked.add(id);
    this.focusedBy = key; // the cursor has been there already
  }

  drop(id, row) {
    for (const column of COLUMNS) {
      if (row.writings[column].focused) row.writings[column].leave(); // what was typed is sent
    }
    row.element.remove();
    this.rows.delete(id);
    this.picked.delete(id);
    this.everything = false;
  }

  // A cell was typed in.
  typed(row, column, writing) {
    this.outbox.put(
      {
        kind: "type",
        slot: `${row.id} ${column} ${writing.visit}`,
        row: row.id,
        column,
        text: writing.text,
        bases: [writing.stored],
        key: writing.visit ?? newKey(),
      },
      { soon: writing.focused },
    );
  }

  left() {
    this.outbox.flush();
  }

  // What comes next from the server may replace what stands in the cell with the cursor.
  yield() {
    this.place()?.writing.yield();
  }

  order() {
    return [...this.body.children].map((element) => this.rowOf(element));
  }

  rowOf({ dataset }) {
    return this.rows.get(Number(dataset.id)) ?? this.rows.get(dataset.id);
  }

  pickedInOrder() {
    return this.order().filter((row) => this.picked.has(row.id));
  }

  // Tick all that is found, also what stands on other pages.
  pickEverything() {
    this.everything = true;
    this.frame.showPicked();
  }

  // Tick a row, and with Shift all rows from the one ticked last.
  pick(row, on, range) {
    const rows = this.order();
    const from = range && this.anchor ? rows.indexOf(this.rows.get(this.anchor)) : -1;
    const to = rows.indexOf(row);
    const some = from < 0 ? [row] : rows.slice(Math.min(from, to), Math.max(from, to) + 1);
    for (const each of some) this.setPicked(each, on);
    this.anchor = row.id;
    this.frame.showPicked();
  }

  pickAll(on) {
    for (const row of this.rows.values()) this.setPicked(row, on);
    this.frame.showPicked();
  }

  setPicked(row, on) {
    this.everything = false;
    if (on) {
      this.picked.add(row.id);
      if (row.values.clipped) this.act("whole", { row: row.id }); // it may be copied
    } else this.picked.delete(row.id);
    row.showPicked(on);
  }

  // The state of review of one row, chosen from a menu; `back` is where the cursor goes then.
  askReview(row, back = row.review) {
    const items = REVIEWS.map((review) => ({
      text: this.words[`review_${review}`],
      mark: `state ${review}`,
      checked: (row.values.review ?? "draft") === review,
      act: () => this.act("review", { rows: [row.id], review }),
    }));
    const label = say(this.words, "review_of", { n: row.values.number });
    this.menu.open(row.review, label, [{ name: this.words.review, items }], back);
  }

  // The example that stands open beside the table.
  showOpen(id) {
    for (const row of this.rows.values()) row.element.classList.toggle("opened", row.id === id);
    if (id !== this.opened) this.rows.get(id)?.element.scrollIntoView({ block: "nearest" });
    this.opened = id;
  }

  // The row and column of the cell that has the cursor.
  place() {
    const area = this.frame.element.getRootNode().activeElement;
    const element = area?.closest?.("tr[data-id]");
    const row = element && this.rowOf(element);
    const column = area?.dataset?.column;
    return row && column ? { row, column, writing: row.writings[column] } : null;
  }

  focusOn({ row, column, key }) {
    this.focusedBy = key;
    const area = this.rows.get(row)?.writings[column ?? "user"].area;
    area?.focus();
    area?.scrollIntoView({ block: "nearest" });
  }

  // A table goes into the cells from here on; anything else is text, and the browser's to paste.
  paste(event) {
    const at = this.place();
    const from = event.clipboardData;
    const cells = readTable({ html: from.getData("text/html"), text: from.getData("text/plain") });
    if (!at || !cells) return;
    event.preventDefault();
    const width = Math.max(...cells.map((line) => line.length));
    if (width > COLUMNS.length) {
      this.frame.say(say(this.words, "too_wide", { n: width }));
      return;
    }
    this.yield(); // what was typed before comes first
    const rows = this.order();
    const below = rows.slice(rows.indexOf(at.row)).map((row) => row.id);
    const narrowed = this.state.found !== null; // what lies between the rows is not to be seen
    this.act("paste", { rows: below, narrowed, column: at.column, cells });
  }

  // The ticked rows, unless some text is marked to be copied.
  copy(event) {
    const area = this.frame.element.getRootNode().activeElement;
    const marked = area?.selectionStart !== area?.selectionEnd;
    const rows = this.pickedInOrder();
    if (marked || !rows.length) return;
    const cells = rows.map((row) => COLUMNS.map((column) => row.writings[column].text));
    const { text, html } = writeTable(cells);
    event.clipboardData.setData("text/plain", text);
    event.clipboardData.setData("text/html", html);
    event.preventDefault();
    this.frame.say(say(this.words, "copied", { n: rows.length }));
  }

  close() {
    document.removeEventListener("keydown", this.undoKeys);
    window.removeEventListener("beforeunload", this.leaving);
    this.outbox?.close();
  }
}
