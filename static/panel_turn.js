// One message as a bubble to write in, with what can be done with it.

const version = new URL(import.meta.url).search;
const { make, say } = await import("./component.js" + version);
const { Writing } = await import("./writing.js" + version);
const { newKey } = await import("./outbox.js" + version);
const { nameButton, noteOf } = await import("./panel_frame.js" + version);
const { CallForms } = await import("./panel_calls.js" + version);

// A message as the server would send it, with nothing in it.
export function blankTurn(role, words) {
  return {
    role, who: words[`role_${role}`] ?? role, text: "", raw: "", name: "", named: true,
    learned: true, weighed: false, calls: [], raw_calls: "", call_id: "", problem: "", notes: [],
  };
}

// What every message has: fields to write in, by name, and notes below.
class Said {
  constructor(panel, role) {
    this.panel = panel;
    this.role = role;
    this.id = newKey();
    this.writings = new Map();
    this.notes = make("div", { class: "notes", id: `notes-${this.id}` });
  }

  get words() {
    return this.panel.words;
  }

  get text() {
    return this.content.text;
  }

  // What the server has of it, as far as we know.
  get stored() {
    return this.content.stored;
  }

  // The field that has the cursor.
  get typing() {
    return [...this.writings.values()].find((writing) => writing.focused);
  }

  // Make an element a field of this message; `part` tells it from the others.
  field(area, part, place) {
    const writing = new Writing(area, {
      onText: (each) => this.panel.typed(this, part, place, each),
      onLeave: () => this.panel.outbox.flush(),
    });
    this.writings.set(part, writing);
    return writing;
  }

  says({ text }) {
    return this.stored === text.replace(/\r\n?/g, "\n");
  }

  leave() {
    this.typing?.leave();
  }

  showNotes(notes) {
    this.notes.replaceChildren(...notes.map((note) => noteOf(this.panel, note)));
    this.content.underline(this.values.text, notes);
    const { area } = this.content;
    area.setAttribute("aria-describedby", this.notes.id);
    area.setAttribute("aria-invalid", String(notes.some(({ severity }) => severity === "error")));
  }
}

// The instructions: the example's own, or those it inherits.
export class Instructions extends Said {
  constructor(panel) {
    super(panel, "system");
    this.area = make("textarea", { rows: 1, name: "system" });
    this.content = this.field(this.area, "content", { field: "content" });
    this.who = make("span");
    const back = () => this.panel.inherit();
    this.back = make("button", { type: "button", class: "link", name: "inherit", onclick: back });
    this.values = { calls: [] };
    this.raw = make("pre", { hidden: true });
    this.element = make(
      "div",
      { class: "instructions" },
      make("div", { class: "who" }, this.who, this.back),
      this.area,
      this.raw,
      this.notes,
    );
  }

  get focused() {
    return this.content.focused;
  }

  update(values) {
    this.values = values;
    this.who.textContent = this.words.role_system;
    this.area.setAttribute("aria-label", this.words.role_system);
    this.area.placeholder = this.panel.example.inherited || this.words.system_none;
    this.back.textContent = this.words.inherit;
    this.area.hidden = Boolean(values.raw);
    this.raw.hidden = !values.raw;
    this.raw.textContent = values.raw;
    this.content.show(values.text);
    this.showNotes(values.notes);
    this.place();
  }

  place() {
    this.back.hidden = !this.panel.turns.includes(this);
  }

  focus() {
    this.area.focus();
  }

  restore() {
    this.content.overwrite(this.values.text ?? "");
  }

  // Another example comes: nothing that stands here is its own.
  reset() {
    this.id = newKey();
    this.content.overwrite("");
  }
}

export class Turn extends Said {
  constructor(panel, role) {
    super(panel, role);
    const known = ["user", "assistant", "tool"].includes(role);
    this.area = make("textarea", { rows: 1, name: "content" });
    this.content = this.field(this.area, "content", { field: "content" });
    this.nameField = make("input", { type: "text", name: "name", autocomplete: "off" });
    this.field(this.nameField, "name", { field: "name" });
    this.who = make("span", { class: "who" });
    this.raw = make("pre");
    this.rawWhy = make("p", { class: "why" });
    this.problem = make("p", { class: "note warning", role: "status" });
    this.calls = new CallForms(this);
    this.extra = make("div", { class: "extra", id: `extra-${this.id}`, hidden: true });
    this.bubble = make("div", { class: "bubble" }, this.rawWhy, this.raw, this.area);
    this.element = make(
      "li",
      { class: `turn ${known ? role : "other"}` },
      make("div", { class: "line" }, this.who, ...this.learning(), this.tools()),
      this.why ?? null,
      this.extra,
      this.answers(),
      this.bubble,
      this.problem,
      this.calls.element,
      this.notes,
    );
  }

  get focused() {
    return this.element.contains(this.element.getRootNode().activeElement);
  }

  // "Learn from this reply", with the reason behind a question mark.
  learning() {
    if (this.role !== "assistant") return [];
    this.why = make("p", { class: "why", id: `why-${this.id}`, hidden: true });
    const weigh = () => this.weigh();
    this.learn = make("button", { type: "button", role: "switch", name: "learn", onclick: weigh });
    const ask = () => this.unfold(this.ask, this.why);
    const attributes = { type: "button", class: "icon ask", name: "why", onclick: ask };
    this.ask = make("button", attributes, "?");
    this.ask.setAttribute("aria-controls", this.why.id);
    this.ask.setAttribute("aria-expanded", "false");
    return [make("span", { class: "learning" }, this.learn, this.ask)];
  }

  tools() {
    const { panel } = this;
    const icon = (sign, name, onclick) =>
      make("button", { type: "button", class: "icon", name, onclick }, sign);
    this.up = icon("↑", "move_up", () => panel.move(this, -1));
    this.down = icon("↓", "move_down", () => panel.move(this, 1));
    this.more = icon("⋯", "more", () => this.unfold(this.more, this.extra));
    this.more.setAttribute("aria-expanded", "false");
    this.more.setAttribute("aria-controls", `extra-${this.id}`);
    this.gone = icon("✕", "remove_turn", () => panel.remove(this));
    return make("span", { class: "tools" }, this.up, this.down, this.more, this.gone);
  }

  // For a tool's answer: which call it answers.
  answers() {
    if (this.role !== "tool") return null;
    this.choice = make("select", { name: "tool_call_id", onchange: () => this.choose() });
    this.choiceName = make("span");
    return make("label", { class: "answers" }, this.choiceName, this.choice);
  }

  unfold(button, what) {
    what.hidden = !what.hidden;
    button.setAttribute("aria-expanded", String(!what.hidden));
    if (!what.hidden) what.querySelector("input, button")?.focus();
  }

  update(values) {
    this.values = values;
    this.said = this.words;
    this.showExtra(values);
    this.content.show(values.text);
    this.bubble.classList.toggle("fixed", Boolean(values.raw));
    this.area.hidden = Boolean(values.raw);
    this.raw.hidden = this.rawWhy.hidden = !values.raw;
    this.raw.textContent = values.raw;
    this.rawWhy.textContent = values.raw ? this.words.not_text : "";
    this.problem.textContent = values.problem;
    this.calls.update(values);
    this.showLearning(values);
    this.showNotes(values.notes);
  }

  showExtra({ name, named }) {
    const { words } = this;
    if (!this.extra.children.length) {
      this.naming = make("span");
      this.extra.append(make("label", {}, this.naming, this.nameField));
      if (this.role === "assistant") this.extra.append(this.calls.adder);
    }
    this.naming.textContent = words.name;
    this.nameField.readOnly = !named;
    this.writings.get("name").show(name ?? "");
  }

  showLearning({ learned }) {
    this.element.classList.toggle("unlearned", !learned);
    if (!this.learn) return;
    this.learn.textContent = this.words[learned ? "learn" : "not_learned"];
    this.learn.setAttribute("aria-label", this.words.learn);
    this.learn.setAttribute("aria-checked", String(learned));
    this.why.textContent = this.words.learn_why;
    nameButton(this.ask, this.words.why);
  }

  weigh() {
    const learned = !this.values.learned;
    if (!learned) this.bare = !this.values.weighed; // then nothing is to be said of it again
    const weight = learned ? (this.bare ? null : 1) : 0;
    this.panel.actOn(this, "weigh_turn", { weight });
    this.values = { ...this.values, learned, weighed: weight !== null };
    this.showLearning(this.values);
  }

  choose() {
    const { values, choice, panel } = this;
    panel.act("type", {
      turn: this.id,
      part: "tool_call_id",
      column: `${this.id} tool_call_id`,
      at: panel.at(this),
      role: this.role,
      field: "tool_call_id",
      call: null,
      text: choice.value,
      bases: [values.call_id],
    });
    this.values = { ...values, call_id: choice.value };
  }

  // What depends on the place: the number in every name, the ways up and down, the calls above.
  place() {
    const { panel, words, values } = this;
    const n = panel.turns.filter((turn) => turn !== panel.system).indexOf(this) + 1;
    const facts = { n, who: values.who, name: values.name };
    const label = say(words, "text_of", facts);
    this.who.textContent = values.name ? say(words, "by_name", facts) : values.who;
    this.area.setAttribute("aria-label", label);
    const silent = values.calls.length > 0;
    this.area.placeholder = words[silent ? "write_beside" : `write_${this.role}`] ?? "";
    const named = { up: "move_up", down: "move_down", more: "more", gone: "remove_turn" };
    for (const [part, name] of Object.entries(named)) nameButton(this[part], words[name]);
    this.up.disabled = !panel.canMove(this, -1);
    this.down.disabled = !panel.canMove(this, 1);
    this.showChoice();
  }

  showChoice() {
    if (!this.choice) return;
    const { words, values } = this;
    this.choiceName.textContent = words.answers;
    const calls = this.panel.callsAbove(this);
    const options = calls.map((call) => [call.id, `${call.function || words.call} · ${call.id}`]);
    if (!calls.some(({ id }) => id === values.call_id)) {
      options.push([values.call_id, say(words, "call_gone", { id: values.call_id || "–" })]);
    }
    const shown = options.map(([value, text]) => make("option", { value }, text));
    this.choice.replaceChildren(...shown);
    this.choice.value = values.call_id;
  }

  focus() {
    (this.area.hidden ? this.more : this.area).focus();
  }

  restore() {
    this.content.overwrite(this.values.text);
  }
}
