// The tools that a reply calls, each as a small form: function, id, arguments.

const version = new URL(import.meta.url).search;
const { make, say } = await import("./component.js" + version);
const { nameButton } = await import("./panel_frame.js" + version);

const FIELDS = ["function", "id", "arguments"];

export class CallForms {
  constructor(turn) {
    this.turn = turn;
    this.forms = [];
    this.raw = make("pre");
    this.why = make("p", { class: "why" });
    this.list = make("div");
    this.element = make("div", { class: "calls" }, this.list, this.why, this.raw);
    const add = () => this.add();
    this.adder = make("button", { type: "button", name: "add_call", onclick: add });
  }

  get words() {
    return this.turn.words;
  }

  update({ calls, raw_calls: raw }) {
    this.adder.textContent = `+ ${this.words.add_call}`;
    this.adder.disabled = Boolean(raw);
    this.why.hidden = this.raw.hidden = !raw;
    this.why.textContent = raw ? this.words.odd_calls : "";
    this.raw.textContent = raw;
    while (this.forms.length > calls.length) this.drop(this.forms.pop());
    while (this.forms.length < calls.length) this.grow();
    calls.forEach((call, at) => this.forms[at].update(call));
    this.element.hidden = !calls.length && !raw;
  }

  grow() {
    const form = new CallForm(this.turn, this, this.forms.length);
    this.forms.push(form);
    this.list.append(form.element);
  }

  drop(form) {
    for (const field of FIELDS) this.turn.writings.delete(form.part(field));
    form.element.remove();
  }

  show(calls) {
    const { turn } = this;
    turn.values = { ...turn.values, calls };
    this.update(turn.values);
    turn.panel.show();
  }

  add() {
    const { turn } = this;
    turn.panel.actOn(turn, "add_call");
    const blank = { id: this.newId(), function: "", arguments: "{}", problem: "" };
    this.show([...turn.values.calls, blank]);
    this.forms.at(-1).areas.function.focus();
  }

  // The same that the server will give it.
  newId() {
    const taken = this.turn.panel.turns.flatMap(({ values }) => values.calls.map(({ id }) => id));
    let n = 1;
    while (taken.includes(`call_${n}`)) n += 1;
    return `call_${n}`;
  }

  remove(at) {
    const { turn } = this;
    const { text: name } = turn.writings.get(`function ${at}`);
    turn.panel.actOn(turn, "remove_call", { call: at, function: name });
    for (const form of this.forms) this.drop(form);
    this.forms = []; // what is typed in one form must not come to stand in another
    this.show(turn.values.calls.filter((_, each) => each !== at));
    turn.focus();
  }
}

class CallForm {
  constructor(turn, forms, at) {
    this.turn = turn;
    this.at = at;
    this.legend = make("legend");
    this.problem = make("p", { class: "note error", role: "status", id: `json-${turn.id}-${at}` });
    this.gone = make(
      "button",
      { type: "button", class: "icon", name: "remove_call", onclick: () => forms.remove(at) },
      "✕",
    );
    this.areas = {
      function: make("input", { type: "text", name: "function", autocomplete: "off" }),
      arguments: make("textarea", { rows: 1, name: "arguments", spellcheck: "false" }),
      id: make("input", { type: "text", name: "id", autocomplete: "off" }),
    };
    this.names = {};
    this.element = make(
      "fieldset",
      { class: "call" },
      this.legend,
      this.gone,
      ...FIELDS.map((field) => this.labelled(field)),
    );
    this.areas.arguments.setAttribute("aria-describedby", this.problem.id);
  }

  part(field) {
    return `${field} ${this.at}`;
  }

  labelled(field) {
    this.turn.field(this.areas[field], this.part(field), { field, call: this.at });
    this.names[field] = make("span");
    const label = make("label", { class: field }, this.names[field], this.areas[field]);
    return field === "arguments" ? make("div", {}, label, this.problem) : label;
  }

  update(call) {
    const { words } = this.turn;
    this.legend.textContent = say(words, "call", { n: this.at + 1 });
    nameButton(this.gone, words.remove_call);
    for (const field of FIELDS) {
      this.names[field].textContent = words[field === "id" ? "call_id" : field];
      this.turn.writings.get(this.part(field)).show(call[field]);
    }
    this.problem.textContent = call.problem;
    this.areas.arguments.setAttribute("aria-invalid", String(Boolean(call.problem)));
  }
}
