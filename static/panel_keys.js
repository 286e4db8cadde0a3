// The panel's keyboard: to the neighbours, back, out; and where the cursor goes then.

export class PanelKeys {
  constructor(panel) {
    this.panel = panel;
    this.frame = panel.frame;
    this.frame.element.addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    if (event.isComposing || event.keyCode === 229 || !this.panel.example) return;
    const { key, altKey } = event;
    const command = event.ctrlKey || event.metaKey || event.shiftKey;
    if (altKey && !command && (key === "ArrowUp" || key === "ArrowDown")) {
      event.preventDefault();
      this.step(key === "ArrowUp" ? -1 : 1);
    } else if (altKey && !command && event.code === "KeyR") {
      event.preventDefault();
      this.panel.marks.review.focus();
    } else if (key === "Escape") {
      event.preventDefault();
      this.back();
    }
  }

  // To the neighbour; the cursor stays in the bubble it is in, as far as there is one.
  step(by) {
    const turn = this.panel.turns.find((each) => each.focused);
    this.from = { role: turn?.role, at: turn ? this.panel.at(turn) : -1 };
    this.panel.step(by);
  }

  // Out of what was typed in this visit; where nothing was, out of the panel.
  back() {
    const { system, marks, turns } = this.panel;
    const writing = [system, marks, ...turns].find(({ typing }) => typing)?.typing;
    if (writing && writing.text !== writing.before) writing.revert();
    else this.leave();
  }

  leave() {
    this.panel.act("close");
  }

  // A new example is shown: the cursor goes to the like of the place it came from.
  arrive() {
    const { from, panel, frame } = this;
    this.from = undefined;
    if (!from) frame.element.scrollIntoView({ block: "nearest" });
    if (from && frame.hasCursor) return; // on the way, it may go on
    const like = panel.turns.filter((turn) => turn.role === from?.role);
    const turn = like.find((each) => panel.at(each) === from.at) ?? like.at(-1);
    if (turn) turn.focus();
    else frame.element.focus({ preventScroll: true });
  }
}
