// The open example as a chat: bubbles to write in, turns to add, remove and move.
//
// What a person does is shown at once and sent through the outbox; the server's word is taken
// again when it has dealt with every step. What is being written is never overwritten.

const version = new URL(import.meta.url).search;
const { mountView } = await import("./component.js" + version);
const { Outbox, newKey } = await import("./outbox.js" + version);
const { isComposing } = await import("./writing.js" + version);
const { PanelFrame } = await import("./panel_frame.js" + version);
const { PanelKeys } = await import("./panel_keys.js" + version);
const { Marks } = await import("./panel_marks.js" + version);
const { Instructions, Turn, blankTurn } = await import("./panel_turn.js" + version);

// What changes the list of turns, or what a turn is, before the server has said so.
const STEPS = new Set([
  "add_turn", "remove_turn", "move_turn", "weigh_turn", "inherit", "add_call", "remove_call",
]);

export function mount(component) {
  const style = new URL("./panel.css" + version, import.meta.url);
  return mountView(component, style, (root) => new Panel(root));
}

class Panel {
  constructor(root) {
    this.example = null; // as the server sent it last
    this.turns = []; // one for each message, in order; the first system message is `system`
    this.frame = new PanelFrame(this);
    this.keys = new PanelKeys(this);
    this.system = new Instructions(this);
    this.frame.instructions.append(this.system.element);
    this.marks = new Marks(this);
    this.frame.marks.append(this.marks.element);
    root.append(this.frame.element);
    this.leaving = (event) => this.outbox?.items.length && event.preventDefault();
    window.addEventListener("beforeunload", this.leaving);
  }

  update(data, component) {
    this.component = component;
    if (data.words) this.words = data.words;
    this.openOutbox(data.name);
    if (!this.words) return this.askForWords();
    for (const item of this.outbox.settle(data.ack, data.refused)) this.settled(item);
    const opened = data.example && data.example.id !== this.example?.id;
    if (opened) this.open(data.example);
    else if (!data.example) this.missing(data.ack);
    else this.again(data.example);
    this.last = data.last;
    this.frame.update();
    if (opened && this.known) this.keys.arrive();
    this.known = data.ack.tab === this.outbox.tab ? "answered" : "shown";
  }

  // The words went to an earlier panel of this session, or got lost.
  askForWords() {
    this.component.setTriggerValue("sent", { tab: this.outbox.tab, items: [], words: true });
  }

  // The same example: what is newer here stands until the server knows it.
  again(example) {
    this.asked = false;
    if (!this.waitsForSteps()) this.adopt(example);
  }

  // The server has no example open. A new one, after the old one's end, is told which it was, so
  // that nobody loses the bubble they write in; else somebody has closed it.
  missing(ack) {
    const { items, tab } = this.outbox;
    const forgotten = items.length || (this.known === "answered" && ack.tab !== tab);
    const closed = !this.example || items.some(({ kind }) => kind === "close");
    if (closed || this.asked || !forgotten) return this.shut();
    this.asked = true;
    this.act("open");
  }

  openOutbox(name) {
    if (this.outbox?.name === `tonesmith.${name}`) return;
    this.outbox?.close();
    this.outbox = new Outbox({
      name,
      composing: isComposing,
      deliver: (message) => this.component.setTriggerValue("sent", message),
      onState: (state) => this.frame.tell(state),
    });
  }

  settled(item) {
    if (item.kind !== "type" || item.row !== this.example?.id) return;
    this.turnOf(item)?.writings.get(item.part)?.saved(item.text);
  }

  turnOf(item) {
    return [this.system, this.marks, ...this.turns].find((turn) => turn.id === item.turn);
  }

  // Whether the server's list of turns is older than ours.
  waitsForSteps() {
    return this.outbox.items.some(
      ({ kind, row, at, field }) =>
        row === this.example?.id &&
        (STEPS.has(kind) || (kind === "type" && (at === null || field === "tool_call_id"))),
    );
  }

  open(example) {
    this.shut();
    this.asked = false;
    this.adopt(example);
  }

  shut() {
    for (const turn of [this.system, this.marks, ...this.turns]) turn.leave();
    this.turns = [];
    this.example = null;
    this.system.reset();
    this.marks.reset();
    this.show();
  }

  // Take the server's word: known turns stay where the cursor may be, others come and go.
  adopt(example) {
    this.example = example;
    this.marks.update(example);
    const first = example.messages.findIndex(({ role }) => role === "system");
    this.turns = this.match(example.messages, first);
    this.turns.forEach((turn, at) => turn.update(example.messages[at]));
    if (first < 0) this.system.update(blankTurn("system", this.words));
    this.show();
  }

  // The turn for each message: by place where the roles are the same as before; else those that
  // begin and end the conversation unchanged are known, and the others are new.
  match(messages, first) {
    const known = this.turns;
    const sameRoles = (at, by) => known[at]?.role === messages[at + by].role;
    const same = (at, by) => sameRoles(at, by) && known[at].says(messages[at + by]);
    const by = messages.length - known.length;
    const roles = by === 0 && messages.every((_, at) => sameRoles(at, 0));
    let head = 0;
    while (head < Math.min(known.length, messages.length) && same(head, 0)) head += 1;
    let tail = known.length;
    while (tail > head && tail + by > head && same(tail - 1, by)) tail -= 1;
    return messages.map((message, at) => {
      if (at === first) return this.system;
      const turn =
        roles || at < head ? known[at] : at >= tail + by ? known[at - by] : undefined;
      return turn && turn !== this.system ? turn : new Turn(this, message.role);
    });
  }

  // The turns on the page in their order, each knowing its place.
  show() {
    this.frame.showTurns(this.turns.filter((turn) => turn !== this.system));
    for (const turn of this.turns) turn.place();
  }

  at(turn) {
    return this.turns.indexOf(turn);
  }

  // Do something that the server carries out; `key` lets it be sent twice and done once.
  act(kind, values = {}) {
    this.outbox.put({ kind, key: newKey(), row: this.example.id, ...values });
  }

  // The same about one turn, which the server compares with what stands there.
  actOn(turn, kind, values = {}) {
    this.act(kind, { at: this.at(turn), role: turn.role, text: turn.text, ...values });
  }

  // Something was typed: into a field of a turn, or of a tool that it calls.
  typed(turn, part, { field, call = null }, writing) {
    if (!this.example) return;
    const own = turn === this.system;
    if (own) this.own(writing.text);
    this.outbox.put(
      {
        kind: "type",
        slot: `${this.example.id} ${turn.id} ${part} ${writing.visit}`,
        row: this.example.id,
        turn: turn.id,
        part,
        column: `${turn.id} ${part}`, // one question about one field is enough
        at: own ? null : this.at(turn),
        role: turn.role,
        field,
        call,
        text: writing.text,
        bases: [writing.stored],
        key: writing.visit ?? newKey(),
      },
      { soon: writing.focused },
    );
  }

  // Instructions of its own are a message as soon as there is a letter of them, and none without.
  own(text) {
    const owned = this.turns.includes(this.system);
    if (text && !owned) this.turns.unshift(this.system);
    if (!text && owned) this.turns = this.turns.filter(({ role }) => role !== "system");
    if (Boolean(text) !== owned) this.show();
  }

  inherit() {
    this.act("inherit", { text: this.system.stored });
    this.own("");
    this.system.update(blankTurn("system", this.words));
    this.system.content.overwrite("");
    this.system.content.area.focus();
  }

  add(role) {
    const turn = new Turn(this, role);
    const [call] = this.unanswered();
    this.act("add_turn", { role });
    this.turns.push(turn);
    turn.update({ ...blankTurn(role, this.words), call_id: role === "tool" ? call ?? "" : "" });
    this.show();
    turn.content.area.focus();
  }

  remove(turn) {
    this.actOn(turn, "remove_turn");
    const shown = this.turns.filter((each) => each !== this.system);
    const next = shown[shown.indexOf(turn) + 1] ?? shown[shown.indexOf(turn) - 1];
    this.turns = this.turns.filter((each) => each !== turn);
    this.show();
    if (next) next.focus();
    else this.frame.element.focus();
  }

  canMove(turn, by) {
    const other = this.turns[this.at(turn) + by];
    return Boolean(other) && other !== this.system;
  }

  move(turn, by) {
    const to = this.at(turn) + by;
    this.actOn(turn, "move_turn", { to });
    this.turns = this.turns.filter((each) => each !== turn);
    this.turns.splice(to, 0, turn);
    this.show();
  }

  // The calls that a tool may answer at this place, and those that no tool has answered yet.
  callsAbove(turn) {
    return this.turns.slice(0, this.at(turn)).flatMap(({ values }) => values.calls);
  }

  unanswered() {
    const tools = this.turns.filter(({ role }) => role === "tool");
    const answered = new Set(tools.map(({ values }) => values.call_id));
    const calls = this.turns.flatMap(({ values }) => values.calls);
    return calls.map(({ id }) => id).filter((id) => !answered.has(id));
  }

  step(by) {
    this.act("step", { by });
  }

  close() {
    window.removeEventListener("beforeunload", this.leaving);
    this.outbox?.close();
  }
}
