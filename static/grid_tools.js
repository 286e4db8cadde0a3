// The tools above the table: the ways back and forth, and what can be done with ticked rows.

const version = new URL(import.meta.url).search;
const { make, say } = await import("./component.js" + version);

const DIALOG = '[data-testid="stDialog"]';

export const REVIEWS = ["draft", "ready", "approved"];

export class GridTools {
  constructor(grid, frame) {
    this.grid = grid;
    this.frame = frame;
    this.element = make("div", { class: "tools" });
    this.more = button("", () => grid.menu.open(this.more, this.words.more, this.groups()), "more");
    this.more.setAttribute("aria-haspopup", "menu");
    this.more.setAttribute("aria-expanded", "false");
  }

  get words() {
    return this.grid.words;
  }

  show() {
    replaceKeepingFocus(this.element, this.grid.picked.size ? this.forPicked() : this.forNone());
  }

  forNone() {
    const { undo, redo } = this.grid.state;
    const { words, frame } = this;
    return [
      button(undo?.label ?? words.undo, () => frame.takeBack("undo"), "undo", !undo),
      button(words.redo, () => frame.takeBack("redo"), "redo", !redo),
      button(words.replace, () => this.ask("replace"), "replace", !this.grid.rows.size),
    ];
  }

  forPicked() {
    const { words, grid } = this;
    this.more.textContent = words.more;
    const n = grid.everything ? grid.state.total : grid.picked.size;
    return [
      make("b", {}, say(words, "picked", { n }), this.letGo()),
      this.everythingButton(),
      grid.everything ? null : button(words.duplicate, () => this.act("duplicate", true)),
      button(words.delete, () => this.act("delete", true)),
      this.tagInput(),
      this.more,
    ].filter(Boolean);
  }

  letGo() {
    const made = button("✕", () => this.grid.pickAll(false), "pick_none");
    made.setAttribute("aria-label", this.words.pick_none);
    made.title = this.words.pick_none;
    made.classList.add("open");
    return made;
  }

  // Where all rows of the page are ticked: those on the other pages as well.
  everythingButton() {
    const { grid, words } = this;
    const { pages, total, narrowed } = grid.state;
    if (grid.everything || pages < 2 || grid.picked.size < grid.rows.size) return null;
    const label = say(words, narrowed ? "pick_found" : "pick_everything", { n: total });
    const made = button(label, () => grid.pickEverything(), "everything");
    made.classList.add("link");
    return made;
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
        if (event.key !== "Enter" || event.isComposing || !input.value.trim()) return;
        this.act("tag", false, { tag: input.value.trim(), on: true });
        input.value = "";
      },
    });
    input.value = this.element.querySelector('[name="tag"]')?.value ?? ""; // it may be half typed
    return make("span", {}, input, list);
  }

  groups() {
    const { words } = this;
    const reviews = REVIEWS.map((review) => ({
      text: words[`review_${review}`],
      mark: `state ${review}`,
      act: () => this.act("review", false, { review }),
    }));
    const uses = [["training", false], ["validation", true]].map(([part, on]) => ({
      text: words[`part_${part}`],
      act: () => this.act("hold_out", false, { on }),
    }));
    const asks = ["instruct", "untag", "fix", "replace"].map((what) => ({
      text: words[`ask_${what}`],
      act: () => this.ask(what),
    }));
    return [
      { name: words.review, items: reviews },
      { name: words.part, items: uses },
      { items: asks },
    ];
  }

  // Do something with what is ticked; what is done to rows that are not in sight is looked at first.
  act(kind, isLast, values = {}) {
    this.grid.act(kind, { ...values, ...this.which() });
    if (isLast) this.grid.pickAll(false);
  }

  // Open a dialog about what is ticked, or about everything.
  ask(what) {
    this.grid.yield();
    this.grid.act("ask", { what, ...this.which() });
    enterDialog(document.querySelectorAll(DIALOG).length);
  }

  which() {
    const { grid } = this;
    if (grid.everything || !grid.picked.size) return { all: true };
    return { rows: grid.pickedInOrder().map((row) => row.id) };
  }
}

// The cursor into the first text of the dialog that opens, as Streamlit leaves it at its edge.
function enterDialog(open, tries = 40) {
  const field = document.querySelector(`${DIALOG} :is(input[type="text"], textarea)`);
  if (field && !open) field.focus();
  else if (tries && !open) setTimeout(() => enterDialog(open, tries - 1), 50);
}

export function button(label, onclick, name = label, disabled = false) {
  return make("button", { type: "button", name, disabled, onclick }, label);
}

// New buttons in place of old ones must not throw the cursor out: who stood on "redo" still does.
export function replaceKeepingFocus(parent, children) {
  const name = parent.contains(parent.getRootNode().activeElement)
    ? parent.getRootNode().activeElement.name
    : null;
  parent.replaceChildren(...children);
  if (name) parent.querySelector(`[name="${CSS.escape(name)}"]`)?.focus();
}
