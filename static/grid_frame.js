// What stands around the rows: tools, notices, column heads, pages, the sheet of shortcuts.

const version = new URL(import.meta.url).search;
const { make, say } = await import("./component.js" + version);
const { COLUMNS } = await import("./grid_row.js" + version);
const { noticeOf, showNotices } = await import("./notices.js" + version);

const COMMAND = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl ";
const SAID = 6000; // ms that a passing sentence stays

export class GridFrame {
  constructor(grid) {
    this.grid = grid;
    this.queued = []; // undos pressed while one was under way
    this.body = make("tbody");
    this.tools = make("div", { class: "tools" });
    this.saved = make("span", { class: "saved", role: "status" });
    this.said = make("div", { class: "said", role: "status" });
    this.notices = make("div", { class: "notices" });
    this.head = make("thead");
    this.foot = make("div", { class: "foot" });
    this.empty = make("div", { class: "empty" });
    const table = make("table", {}, this.head, this.body);
    this.sheet = make("dialog", { class: "sheet" });
    this.element = make(
      "div",
      { class: "grid" },
      make("div", { class: "top" }, this.tools, this.saved),
      this.said,
      this.notices,
      make("div", { class: "scroll" }, table),
      this.empty,
      this.foot,
      this.sheet,
    );
  }

  get words() {
    return this.grid.words;
  }

  update(data) {
    if (data.words) this.showHead();
    this.showPicked();
    this.showNotices();
    this.showFoot(data);
    const blank = !data.order.length;
    this.element.classList.toggle("blank", blank);
    this.empty.textContent = blank && data.narrowed ? this.words.none : "";
    this.pressQueued();
  }

  showHead() {
    const all = make("input", {
      type: "checkbox",
      "aria-label": this.words.pick_all,
      onclick: (event) => this.grid.pickAll(event.target.checked),
    });
    this.all = all;
    this.head.replaceChildren(
      make(
        "tr",
        {},
        make("th", { scope: "col", class: "number" }, make("label", {}, all, "#")),
        ...COLUMNS.map((column) =>
          make("th", { scope: "col", class: column }, this.words[`column_${column}`]),
        ),
        make("th", { scope: "col", class: "tokens" }, this.words.column_tokens),
        make(
          "th",
          { scope: "col", class: "status" },
          make("span", { class: "hidden" }, this.words.column_status),
        ),
      ),
    );
  }

  showPicked() {
    this.all.checked = this.grid.picked.size > 0;
    this.all.indeterminate = this.all.checked && this.grid.picked.size < this.grid.rows.size;
    this.showTools();
  }

  // With rows ticked: what can be done with them; else the way back and forth.
  showTools() {
    const { undo, redo } = this.grid.state;
    const n = this.grid.picked.size;
    const parts = n
      ? [
          make("b", {}, say(this.words, "picked", { n })),
          this.button(this.words.duplicate, () => this.grid.actOnPicked("duplicate")),
          this.button(this.words.delete, () => this.grid.actOnPicked("delete")),
          this.tagInput(),
          this.button(this.words.pick_none, () => this.grid.pickAll(false)),
        ]
      : [
          this.button(undo?.label ?? this.words.undo, () => this.takeBack("undo"), !undo, "undo"),
          this.button(this.words.redo, () => this.takeBack("redo"), !redo, "redo"),
        ];
    replaceKeepingFocus(this.tools, parts);
  }

  // A name for the ticked rows: typed and Enter; those in use are offered.
  tagInput() {
    const list = make("datalist", { id: "tags" });
    const used = [...this.grid.rows.values()].flatMap((row) => row.values.tags ?? []);
    list.append(...[...new Set(used)].sort().map((tag) => make("option", { value: tag })));
    const input = make("input", {
      name: "tag",
      list: "tags",
      maxlength: 60,
      placeholder: this.words.tag,
      "aria-label": this.words.tag,
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        const rows = this.grid.pickedInOrder().map((row) => row.id);
        this.grid.tag(rows, input.value, true);
        input.value = "";
      },
    });
    input.value = this.tools.querySelector('[name="tag"]')?.value ?? ""; // it may be half typed
    return make("span", {}, input, list);
  }

  showFoot({ page, pages, first, last, total }) {
    replaceKeepingFocus(this.foot, [
      this.button(this.words.add, () => this.grid.add(), false, "add"),
      make("span", { class: "hint" }, this.words.paste_hint),
      make("span", { class: "count" }, total ? say(this.words, "range", { first, last, total }) : ""),
      ...(pages > 1 ? this.pager(page, pages) : []),
      this.button(this.words.shortcuts, () => this.showShortcuts(), false, "help"),
    ]);
  }

  pager(page, pages) {
    const to = (number) => () => this.grid.act("page", { page: number });
    const jump = make("input", {
      type: "number",
      name: "page",
      min: 1,
      max: pages,
      value: page,
      "aria-label": this.words.page,
      onchange: (event) => to(Number(event.target.value))(),
    });
    const step = (sign, words, number, off) => {
      const button = this.button(sign, to(number), off, words);
      button.setAttribute("aria-label", this.words[words]);
      return button;
    };
    return [
      step("‹", "page_before", page - 1, page <= 1),
      make("span", { class: "pages" }, jump, ` / ${pages}`),
      step("›", "page_after", page + 1, page >= pages),
    ];
  }

  button(label, onclick, disabled = false, name = label) {
    return make("button", { type: "button", name, disabled, onclick }, label);
  }

  // Take back the last change, or the taking back; one after another however fast they come.
  takeBack(kind) {
    if (this.grid.outbox.cutOff) return;
    this.grid.yield();
    this.queued.push(kind);
    this.pressQueued();
  }

  // Which change is the last one is known when all that was done is saved.
  pressQueued() {
    const { outbox, state } = this.grid;
    while (this.queued.length && !outbox.items.length) {
      const kind = this.queued.shift();
      if (state[kind]) this.grid.act(kind, { change: state[kind].id });
    }
  }

  // How it stands with what was typed.
  tell(state) {
    this.saved.textContent = this.words[state];
    this.saved.dataset.state = state;
  }

  // A sentence in passing.
  say(text) {
    this.said.textContent = text;
    clearTimeout(this.silence);
    this.silence = setTimeout(() => (this.said.textContent = ""), SAID);
  }

  // What could not be saved as typed: kept, and the choice theirs.
  showNotices() {
    showNotices(this.notices, this.grid.outbox.held, (held) => this.notice(held));
  }

  notice(held) {
    const { code, item, theirs } = held;
    const row = this.grid.rows.get(item.row);
    const sentence = say(this.words, this.words[code] ? code : "not_saved", {
      n: row?.values.number ?? "",
      column: this.words[`column_${item.column}`] ?? "",
    });
    const decide = (act) => () => {
      this.grid.outbox.release(held);
      act?.();
      this.showNotices();
    };
    const texts = [[this.words.yours, item.text], [this.words.theirs, theirs]];
    return noticeOf(sentence, texts, this.choices(held, row, decide));
  }

  choices({ code, item, theirs }, row, decide) {
    if (code === "changed_elsewhere" && row) {
      const writing = row.writings[item.column];
      const again = () => {
        if (!writing.owed) writing.recall(item.text); // the row was drawn anew
        const { text } = writing;
        this.grid.outbox.put({ ...item, text, bases: [theirs], slot: undefined });
      };
      const leave = () => writing.overwrite(theirs);
      return [
        this.button(this.words.use_mine, decide(again)),
        this.button(this.words.use_theirs, decide(leave)),
      ];
    }
    if (item.kind === "type") {
      const add = () => this.grid.add({ column: item.column, text: item.text });
      const discard = () => row?.writings[item.column].overwrite(row.values[item.column]);
      return [
        this.button(this.words.use_as_new, decide(add)),
        this.button(this.words.discard, decide(discard)),
      ];
    }
    return [this.button(this.words.dismiss, decide())];
  }

  showShortcuts() {
    const rows = this.words.shortcut_list.map(([keys, what]) =>
      make("tr", {}, make("th", { scope: "row" }, keys.replaceAll("⌘", COMMAND)), make("td", {}, what)),
    );
    this.sheet.replaceChildren(
      make("h2", { id: "shortcuts-title" }, this.words.shortcuts_title),
      make("table", {}, make("tbody", {}, ...rows)),
      this.button(this.words.close, () => this.sheet.close(), false, "close"),
    );
    this.sheet.setAttribute("aria-labelledby", "shortcuts-title");
    if (!this.sheet.open) this.sheet.showModal();
  }
}

// New buttons in place of old ones must not throw the cursor out: who stood on "redo" still does.
function replaceKeepingFocus(parent, children) {
  const name = parent.contains(parent.getRootNode().activeElement)
    ? parent.getRootNode().activeElement.name
    : null;
  parent.replaceChildren(...children);
  if (name) parent.querySelector(`[name="${CSS.escape(name)}"]`)?.focus();
}
