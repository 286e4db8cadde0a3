// Everything a person does waits here until the server says that it is saved.
//
// An item is sent with all that was not yet acknowledged, in order, so a message that Streamlit
// drops or that a broken connection swallows costs nothing: the next one carries it again. The
// server answers with the number of the last item it has dealt with. What waits also stands in
// sessionStorage: a reload, even without a server, loses nothing.

const PAUSE = 250; // ms after the last key before it is sent
const PATIENCE = 2500; // ms without an answer before we say so and send again
const LONGEST = 15000; // ms between two tries at most

export class Outbox {
  // name: where to keep what waits; deliver(message): hand it to the server, may throw;
  // onState("saved" | "saving" | "unsaved"): what to tell the person; composing(): whether an
  // input method is at work, during which nothing is sent.
  constructor({ name, deliver, onState, composing = () => false }) {
    this.name = `tonesmith.${name}`;
    this.deliver = deliver;
    this.onState = onState;
    this.composing = composing;
    this.tab = newKey();
    this.items = [];
    this.held = []; // refused: { item, code, theirs }, for the person to decide
    this.last = 0; // the number of the newest item
    this.tries = 0;
    this.cutOff = false; // whether the page knows that nothing can be sent
    this.take();
  }

  // Put an item in the way to the server. A later item of the same `slot` (the same cell in the
  // same visit) takes the place of the earlier one, which is then among its `bases`; and so is what
  // still waits from an earlier visit, as the server gets that first.
  put(item, { soon = false } = {}) {
    const before = item.slot && this.items.find((each) => each.slot === item.slot);
    if (before) {
      this.items.splice(this.items.indexOf(before), 1);
      item = { ...item, bases: before.sent ? [...before.bases, before.text] : before.bases };
    } else if (item.bases) {
      const waiting = this.items.filter((each) => each.bases && sameCell(each, item));
      item = { ...item, bases: [...item.bases, ...waiting.map(({ text }) => text)] };
    }
    this.items.push({ ...item, n: ++this.last, sent: false });
    this.keep();
    this.onState(this.cutOff ? "unsaved" : "saving");
    clearTimeout(this.timer);
    if (soon) this.timer = setTimeout(() => this.send(), PAUSE);
    else this.send();
  }

  // Send at once what still waits for its pause, as when a cell is left.
  flush() {
    if (this.items.some((item) => !item.sent)) this.send();
  }

  send() {
    clearTimeout(this.timer);
    if (!this.items.length) return;
    if (this.composing()) {
      this.timer = setTimeout(() => this.send(), PAUSE);
      return;
    }
    if (!this.cutOff) this.speak();
    this.keep();
    this.timer = setTimeout(() => this.again(), Math.min(PATIENCE * 2 ** this.tries, LONGEST));
  }

  // Hand over all that waits, if anything does.
  speak() {
    try {
      this.deliver({ tab: this.tab, items: this.items.map(({ sent, ...item }) => item) });
      for (const item of this.items) item.sent = true;
    } catch {
      // The connection is down: a timer tries again.
    }
  }

  // What waits about the row called `before` is about the one called `now`.
  rename(before, now) {
    for (const item of this.items.filter(({ row }) => row === before)) {
      item.row = now;
      item.slot = item.slot?.replace(before, now);
    }
    this.keep();
  }

  // The page has lost its connection, or has one again.
  connect(isConnected) {
    this.cutOff = !isConnected;
    if (!this.items.length) return;
    if (this.cutOff) this.onState("unsaved");
    else this.send();
  }

  again() {
    this.tries += 1;
    this.onState("unsaved");
    this.send();
  }

  // The server has dealt with all items up to `ack.n`, and refused some: { n, code, theirs }.
  // Returns the items that are saved; the refused ones are held until `release`.
  settle(ack, refused = []) {
    if (!ack || ack.tab !== this.tab) return [];
    const done = this.items.filter((item) => item.n <= ack.n);
    if (!done.length) return done;
    this.items = this.items.filter((item) => item.n > ack.n);
    const no = new Map(refused.map((each) => [each.n, each]));
    const saved = done.filter((item) => !no.has(item.n));
    for (const item of done) {
      // A later text was saved in its place: sent again, the earlier one comes too late.
      const replaced = saved.some((each) => each.n > item.n && sameCell(each, item));
      if (no.has(item.n) && !replaced) this.hold({ ...no.get(item.n), item });
    }
    this.tries = 0;
    this.keep();
    if (!this.items.length) {
      clearTimeout(this.timer);
      this.onState("saved");
    }
    return saved;
  }

  // One question about one cell is enough, and it is about the latest text.
  hold(refused) {
    this.held = [...this.held.filter(({ item }) => !sameCell(item, refused.item)), refused];
  }

  // Send what waits; resolves when all is dealt with, or when that takes too long.
  async settled() {
    this.flush();
    const end = Date.now() + PATIENCE;
    while (this.items.length && Date.now() < end) await new Promise((go) => setTimeout(go, 20));
  }

  // The person has decided about something held.
  release(held) {
    this.held = this.held.filter((each) => each !== held);
    this.keep();
  }

  keep() {
    try {
      const { items, held } = this;
      if (items.length || held.length) {
        sessionStorage.setItem(this.name, JSON.stringify({ items, held }));
      } else sessionStorage.removeItem(this.name);
    } catch {
      // Storage is full or forbidden: what waits is still in memory.
    }
  }

  // What an earlier life of this tab could not deliver comes first.
  take() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.name)) ?? { items: [], held: [] };
      this.items = kept.items.map((item) => ({ ...item, n: ++this.last, sent: false }));
      this.held = kept.held;
    } catch {
      // Not ours, or damaged: there is nothing to be had from it.
    }
    if (this.items.length) this.timer = setTimeout(() => this.send(), PAUSE);
  }

  close() {
    clearTimeout(this.timer);
  }
}

// Whether two items are about what is written in one cell.
function sameCell(one, other) {
  const same = (name) => one[name] === other[name];
  return Boolean(one.column) && ["kind", "row", "column"].every(same);
}

// A name that nobody else gives: of a visit, of a change to be done once.
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID(); // absent on plain http from another computer
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16)).join("");
}
