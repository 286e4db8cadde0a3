// The bar above the table: search, filters, order, and how much of the whole is shown.
//
// What a person asks for is shown at once and sent after a pause; while they type, no word from the
// server replaces theirs.

const version = new URL(import.meta.url).search;
const { make, mountView, say } = await import("./component.js" + version);
const { Outbox } = await import("./outbox.js" + version);

const FILTERS = ["code", "tag", "review", "part", "script"];
const NUMBERS = ["tokens_from", "tokens_to"];

export function mount(component) {
  const style = new URL("./narrow.css" + version, import.meta.url);
  return mountView(component, style, (root) => new Narrow(root));
}

class Narrow {
  constructor(root) {
    this.query = {};
    this.composing = false;
    this.frame = { element: make("div", { class: "narrow", role: "search" }) };
    root.append(this.frame.element);
    this.find = (event) => this.pressAnywhere(event);
    document.addEventListener("keydown", this.find);
  }

  update(data, component) {
    this.component = component;
    this.openOutbox(data.name);
    this.outbox.settle(data.ack, data.refused);
    this.data = data;
    if (!this.text) this.build();
    if (!this.outbox.items.length) this.query = { ...data.query };
    this.show();
  }

  openOutbox(name) {
    if (this.outbox?.name === `tonesmith.${name}`) return;
    this.outbox?.close();
    this.outbox = new Outbox({
      name,
      composing: () => this.composing,
      onState: () => {},
      deliver: (message) => this.component.setTriggerValue("sent", message),
    });
  }

  get words() {
    return this.data.words;
  }

  build() {
    this.text = make("input", {
      type: "search",
      name: "text",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: 200,
      oninput: () => this.ask({ text: this.text.value }, { soon: true }),
      onkeydown: (event) => event.key === "Enter" && this.outbox.flush(),
      oncompositionstart: () => (this.composing = true),
      oncompositionend: () => (this.composing = false),
    });
    this.more = make("button", {
      type: "button",
      class: "more",
      "aria-expanded": "false",
      "aria-controls": "filters",
      onclick: () => this.open(this.filters.hidden),
    });
    this.sort = make("select", { name: "sort", onchange: () => this.ask({ sort: this.sort.value }) });
    this.selects = Object.fromEntries(FILTERS.map((name) => [name, this.choice(name)]));
    this.numbers = Object.fromEntries(NUMBERS.map((name) => [name, this.number(name)]));
    this.filters = make("div", { class: "filters", id: "filters", hidden: true });
    this.status = make("div", { class: "status" });
    this.live = make("span", { role: "status" });
    this.chips = make("span", { class: "chips" });
    this.status.append(this.live, this.chips);
    this.sorted = make("label", { class: "sort" });
    this.frame.element.append(
      make("div", { class: "line" }, this.text, this.more, this.sorted),
      this.filters,
      this.status,
    );
  }

  choice(name) {
    return make("select", { name, onchange: (event) => this.ask({ [name]: event.target.value }) });
  }

  number(name) {
    return make("input", {
      type: "number",
      name,
      min: 0,
      oninput: (event) => this.ask({ [name]: event.target.value }, { soon: true }),
    });
  }

  open(isOpen) {
    this.filters.hidden = !isOpen;
    this.more.setAttribute("aria-expanded", String(isOpen));
  }

  ask(change, { soon = false } = {}) {
    this.query = { ...this.query, ...change };
    for (const [name, value] of Object.entries(this.query)) if (!value) delete this.query[name];
    this.outbox.put({ kind: "narrow", slot: "query", bases: [], query: this.query }, { soon });
    this.show();
  }

  show() {
    const { words } = this;
    this.text.placeholder = words.search;
    this.text.setAttribute("aria-label", words.search);
    this.set(this.text, this.query.text ?? "");
    const filled = [...FILTERS, ...NUMBERS].filter((name) => this.query[name]);
    this.more.textContent = filled.length ? say(words, "filters_on", { n: filled.length }) : words.filters;
    this.showSort();
    this.showFilters();
    this.showStatus(filled);
  }

  showSort() {
    const options = this.data.sorts.map(([id, label]) => make("option", { value: id }, label));
    if (!this.sorted.children.length) this.sorted.append(make("span", {}, ""), this.sort);
    this.sorted.firstChild.textContent = this.words.sort;
    this.sort.replaceChildren(...options);
    this.sort.value = this.query.sort ?? this.data.sorts[0][0];
  }

  showFilters() {
    if (!this.filters.children.length) {
      this.labels = {};
      for (const name of FILTERS) this.filters.append(this.labelled(name, this.selects[name]));
      const dash = make("span", {}, "–");
      const both = make("span", { class: "range" }, this.numbers.tokens_from, dash, this.numbers.tokens_to);
      this.filters.append(this.labelled("tokens", both));
    }
    for (const [name, label] of Object.entries(this.labels)) label.textContent = this.words[name];
    for (const name of FILTERS) this.showOptions(name);
    for (const name of NUMBERS) {
      this.numbers[name].setAttribute("aria-label", this.words[name]);
      this.set(this.numbers[name], this.query[name] ?? "");
    }
  }

  labelled(name, control) {
    const words = make("span", {});
    this.labels[name] = words;
    return make(name === "tokens" ? "div" : "label", { class: "filter" }, words, control);
  }

  // What can be chosen now, with how many examples it has; what is chosen stays on the list.
  showOptions(name) {
    const select = this.selects[name];
    const chosen = this.query[name] ?? "";
    const options = [["", this.words.any, null], ...this.data.options[name]];
    if (!options.some(([value]) => value === chosen)) options.push([chosen, chosen, "0"]);
    const shown = JSON.stringify(options);
    if (select.dataset.shown !== shown) {
      select.dataset.shown = shown;
      select.replaceChildren(
        ...options.map(([value, label, n]) =>
          make("option", { value }, n === null ? label : `${label} · ${n}`),
        ),
      );
    }
    select.value = chosen;
    this.labels[name].parentElement.hidden = options.length < 2;
  }

  set(input, value) {
    const own = this.frame.element.getRootNode().activeElement === input;
    if (!own && input.value !== String(value)) input.value = value;
  }

  // How many are shown, of what, and a way to let go of each condition.
  showStatus(filled) {
    const { found, total, narrowed, stale } = this.data;
    this.live.textContent = narrowed ? say(this.words, "found", { n: found, total }) : "";
    const chips = filled.map((name) => this.chip(name));
    if (stale && narrowed) chips.push(this.plain("again", this.words.again, () => this.lookAgain()));
    if (narrowed) chips.push(this.plain("clear", this.words.clear, () => this.clear()));
    const shown = JSON.stringify([filled.map((name) => [name, this.query[name]]), stale, narrowed, this.words.any]);
    if (this.chips.dataset.shown === shown) return;
    this.chips.dataset.shown = shown;
    this.chips.replaceChildren(...chips);
  }

  chip(name) {
    const value = this.query[name];
    const option = this.data.options[name]?.find(([id]) => id === value);
    const label = option?.[1] ?? `${this.words[name]} ${value}`;
    const words = say(this.words, "let_go", { what: label });
    const letGo = () => this.ask({ [name]: "" });
    return make("button", { type: "button", class: "chip", title: words, "aria-label": words, onclick: letGo }, label, " ✕");
  }

  plain(name, label, onclick) {
    return make("button", { type: "button", class: "plain", name, onclick }, label);
  }

  clear() {
    const { sort } = this.query;
    this.query = sort ? { sort } : {};
    this.text.value = "";
    for (const name of NUMBERS) this.numbers[name].value = "";
    this.ask({});
    this.text.focus();
  }

  lookAgain() {
    this.outbox.put({ kind: "look_again", slot: "again", bases: [] });
  }

  // The browser would look through this page of the table only; pressed again, it does.
  pressAnywhere(event) {
    const isFind = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key === "f";
    if (!isFind || !this.text || this.frame.element.getRootNode().activeElement === this.text) return;
    event.preventDefault();
    this.text.focus();
    this.text.select();
  }

  close() {
    document.removeEventListener("keydown", this.find);
    this.outbox?.close();
  }
}
