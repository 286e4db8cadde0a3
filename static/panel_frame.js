// What stands around the turns: the heading, the ways to the neighbours, what could not be saved.

const version = new URL(import.meta.url).search;
const { make, say } = await import("./component.js" + version);
const { noticeOf, showNotices } = await import("./notices.js" + version);

export class PanelFrame {
  constructor(panel) {
    this.panel = panel;
    this.title = make("h3");
    this.saved = make("span", { class: "saved", role: "status" });
    this.ways = make("div", { class: "ways" });
    this.notices = make("div", { class: "notices" });
    this.instructions = make("div");
    this.marks = make("div");
    this.turns = make("ol", { class: "turns" });
    this.notes = make("div", { class: "notes" });
    this.adders = make("div", { class: "adders" });
    this.body = make("div", {}, this.marks, this.instructions, this.turns, this.notes, this.adders);
    this.element = make(
      "section",
      { class: "panel", tabindex: "-1", hidden: true },
      make("header", {}, this.title, this.saved, this.ways),
      this.notices,
      this.body,
    );
  }

  get words() {
    return this.panel.words;
  }

  // Whether the cursor is on what stays as it is when another example comes.
  get hasCursor() {
    const { review, held } = this.panel.marks;
    const cursor = this.element.getRootNode().activeElement;
    return this.ways.contains(cursor) || cursor === review || cursor === held;
  }

  update() {
    const { example, outbox } = this.panel;
    const waits = outbox.held.length > 0 || this.saved.dataset.state === "unsaved";
    this.element.hidden = !example && !waits;
    this.body.hidden = this.ways.hidden = !example;
    this.title.textContent = example ? say(this.words, "title", { n: example.number }) : "";
    this.element.setAttribute("aria-label", this.title.textContent || this.words.unsaved);
    this.showNotices();
    if (!example) return;
    this.showWays(example);
    this.notes.replaceChildren(...example.notes.map((note) => noteOf(this.panel, note)));
    this.showAdders();
  }

  showWays({ number }) {
    const { keys, last } = this.panel;
    if (!this.ways.children.length) {
      this.ways.append(
        this.icon("‹", "previous", () => keys.step(-1)),
        this.icon("›", "next", () => keys.step(1)),
        this.icon("✕", "close", () => keys.leave()),
      );
    }
    const [previous, next, close] = this.ways.children;
    for (const button of [previous, next, close]) nameButton(button, this.words[button.name]);
    const had = this.element.getRootNode().activeElement;
    previous.disabled = number <= 1;
    next.disabled = number >= last;
    if (had?.disabled) (had === previous ? next : previous).focus(); // else the cursor is nowhere
  }

  icon(sign, name, onclick) {
    return make("button", { type: "button", class: "icon", name, onclick }, sign);
  }

  showTurns(turns) {
    const had = this.element.getRootNode().activeElement;
    turns.forEach(({ element }, place) => {
      const there = this.turns.children[place];
      if (there !== element) this.turns.insertBefore(element, there ?? null);
    });
    while (this.turns.children.length > turns.length) this.turns.lastElementChild.remove();
    if (had && this.turns.contains(had)) had.focus(); // an element that moves loses the cursor
    if (this.panel.example) this.showAdders();
  }

  showAdders() {
    const roles = ["user", "assistant"];
    if (this.panel.unanswered().length) roles.push("tool");
    const shown = [...this.adders.children].map(({ name }) => name).join();
    if (shown === roles.map((role) => `add_${role}`).join() && this.said === this.words) return;
    this.said = this.words;
    const add = (role) => {
      const name = `add_${role}`;
      const onclick = () => this.panel.add(role);
      return make("button", { type: "button", name, onclick }, `+ ${this.words[name]}`);
    };
    const name = this.element.getRootNode().activeElement?.name;
    this.adders.replaceChildren(...roles.map(add));
    if (name) this.adders.querySelector(`[name="${CSS.escape(name)}"]`)?.focus();
  }

  // How it stands with what was typed.
  tell(state) {
    this.saved.dataset.state = state;
    this.saved.textContent = this.words[state];
    if (state === "unsaved") this.element.hidden = false;
  }

  // What could not be saved as typed: kept, and the choice theirs.
  showNotices() {
    const { held } = this.panel.outbox;
    const drawn = showNotices(this.notices, held, (each) => this.notice(each));
    if (drawn) this.element.hidden = !this.panel.example && !held.length;
  }

  notice(held) {
    const { code, item, theirs } = held;
    const { words } = this;
    const sentence = words[this.sentence(held)] ?? words[code] ?? words.not_saved;
    const mine = item.kind === "type" ? item.text : undefined;
    const texts = [[words.yours, mine], [words.theirs, theirs]];
    return noticeOf(sentence, texts, this.choices(held));
  }

  sentence({ code, item, theirs }) {
    if (code !== "changed_elsewhere") return code;
    if (item.kind !== "type") return "step_elsewhere";
    return typeof theirs === "string" ? code : "turn_gone";
  }

  choices(held) {
    const { code, item, theirs } = held;
    const { outbox } = this.panel;
    const turn = item.row === this.panel.example?.id ? this.panel.turnOf(item) : undefined;
    const writing = turn?.writings.get(item.part);
    const decide = (words, act) => {
      const onclick = () => {
        outbox.release(held);
        act?.();
        this.showNotices();
      };
      return make("button", { type: "button", onclick }, this.words[words]);
    };
    if (item.kind !== "type") return [decide("dismiss")];
    if (code === "changed_elsewhere" && typeof theirs === "string") {
      const text = writing?.text ?? item.text;
      return [
        decide("use_mine", () => outbox.put({ ...item, text, bases: [theirs], slot: undefined })),
        decide("use_theirs", () => writing?.overwrite(theirs)),
      ];
    }
    if (item.field === "note") return [decide("discard", () => turn?.restore())];
    const { row, role, text, key } = item;
    return [
      decide("use_as_new", () => outbox.put({ kind: "rescue", row, role, text, key: `${key}!` })),
      decide("discard", () => turn?.restore()),
    ];
  }
}

// One thing to look at, with its fix where there is one.
export function noteOf(panel, { text, severity, fix, code }) {
  const onclick = () => panel.act("fix", { code });
  const attributes = { type: "button", class: "fix", title: fix, onclick };
  const button = fix ? make("button", attributes, panel.words.fix) : null;
  return make("div", { class: `note ${severity}` }, text, button);
}

export function nameButton(button, words) {
  button.setAttribute("aria-label", words);
  button.title = words;
}
