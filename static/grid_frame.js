// What stands around the rows: tools, notices, column heads, pages, the sheet of shortcuts.

const version = new URL(import.meta.url).search;
const { make, say } = await import("./component.js" + version);
const { COLUMNS } = await import("./grid_row.js" + version);
const { IS_MAC } = await import("./grid_keys.js" + version);
const { GridTools, button, replaceKeepingFocus } = await import("./grid_tools.js" + version);
const { noticeOf, showNotices } = await import("./notices.js" + version);

const [COMMAND, REPLACE] = IS_MAC ? ["⌘", "⌥⌘F"] : ["Ctrl ", "Ctrl H"];
const SAID = 6000; // ms that a passing sentence stays

export class GridFrame {
  constructor(grid) {
    this.grid = grid;
    this.queued = []; // undos pressed while one was under way
    this.body = make("tbody");
    this.tools = new GridTools(grid, this);
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
      make("div", { class: "top" }, this.tools.element, this.saved),
      this.said,
      this.notices,
      make("div", { class: "scroll" }, table),
      this.empty,
      this.foot,
      this.sheet,
      grid.menu.element,
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
    this.tools.show();
  }

  showFoot({ page, pages, first, last, total }) {
    replaceKeepingFocus(this.foot, [
      button(this.words.add, () => this.grid.add(), "add"),
      make("span", { class: "hint" }, this.words.paste_hint),
      make("span", { class: "count" }, total ? say(this.words, "range", { first, last, total }) : ""),
      ...(pages > 1 ? this.pager(page, pages) : []),
      button(this.words.shortcuts, () => this.showShortcuts(), "help"),
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
      const made = button(sign, to(number), words, off);
      made.setAttribute("aria-label", this.words[words]);
      return made;
    };
    return [
      step("‹", "page_before", page - 1, page <= 1),
      make("span", { class: "pages" }, jump, ` / ${pages}`),
      step("›", "page_after", page + 1, page >= pages),
    ];
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
        button(this.words.use_mine, decide(again)),
        button(this.words.use_theirs, decide(leave)),
      ];
    }
    if (item.kind === "type") {
      const add = () => this.grid.add({ column: item.column, text: item.text });
      const discard = () => row?.writings[item.column].overwrite(row.values[item.column]);
      return [
        button(this.words.use_as_new, decide(add)),
        button(this.words.discard, decide(discard)),
      ];
    }
    return [button(this.words.dismiss, decide())];
  }

  showShortcuts() {
    const rows = this.words.shortcut_list.map(([keys, what]) =>
      make("tr", {}, make("th", { scope: "row" }, keys.replace("⌘H", REPLACE).replaceAll("⌘", COMMAND)), make("td", {}, what)),
    );
    this.sheet.replaceChildren(
      make("h2", { id: "shortcuts-title" }, this.words.shortcuts_title),
      make("table", {}, make("tbody", {}, ...rows)),
      button(this.words.close, () => this.sheet.close(), "close"),
    );
    this.sheet.setAttribute("aria-labelledby", "shortcuts-title");
    if (!this.sheet.open) this.sheet.showModal();
  }
}
