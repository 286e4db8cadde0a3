// What people put on an example beside its words: the state of review, its use, a note.

const version = new URL(import.meta.url).search;
const { make } = await import("./component.js" + version);
const { newKey } = await import("./outbox.js" + version);
const { Writing } = await import("./writing.js" + version);

const REVIEWS = ["draft", "ready", "approved"];

export class Marks {
  constructor(panel) {
    this.panel = panel;
    this.role = "note"; // as every text in the panel has one
    this.id = newKey();
    this.review = make("select", { name: "review", onchange: () => this.chooseReview() });
    this.reviewName = make("span");
    const holdOut = () => this.holdOut();
    this.held = make("button", { type: "button", role: "switch", name: "held", onclick: holdOut });
    this.area = make("textarea", { rows: 1, name: "note", maxlength: 4000 });
    this.content = new Writing(this.area, {
      onText: (writing) => panel.typed(this, "note", { field: "note" }, writing),
      onLeave: () => panel.outbox.flush(),
    });
    this.writings = new Map([["note", this.content]]);
    this.element = make(
      "div",
      { class: "marks" },
      make("div", { class: "line" }, make("label", {}, this.reviewName, this.review), this.held),
      this.area,
    );
  }

  get typing() {
    return this.content.focused ? this.content : undefined;
  }

  get hasCursor() {
    return this.element.contains(this.element.getRootNode().activeElement);
  }

  update({ review, held_out: heldOut, note }) {
    const { words, outbox } = this.panel;
    this.values = { review, heldOut, note };
    this.reviewName.textContent = words.review;
    const options = REVIEWS.map((value) => make("option", { value }, words[`review_${value}`]));
    if (this.words !== words) this.review.replaceChildren(...options);
    this.words = words;
    const isChosen = outbox.items.some(({ kind }) => kind === "review" || kind === "hold_out");
    if (!isChosen) this.review.value = review; // else what was chosen is newer
    if (!isChosen) this.showHeld(heldOut);
    this.held.textContent = words.hold_out;
    this.held.title = words.hold_out_why;
    this.area.placeholder = words.write_note;
    this.area.setAttribute("aria-label", words.note);
    this.content.show(note);
  }

  showHeld(on) {
    this.held.setAttribute("aria-checked", String(on));
  }

  chooseReview() {
    this.panel.act("review", { review: this.review.value });
  }

  holdOut() {
    const on = this.held.getAttribute("aria-checked") !== "true";
    this.showHeld(on);
    this.panel.act("hold_out", { on });
  }

  leave() {
    this.typing?.leave();
  }

  restore() {
    this.content.overwrite(this.values.note);
  }

  // Another example comes: nothing that stands here is its own.
  reset() {
    this.id = newKey();
    this.content.overwrite("");
  }
}
