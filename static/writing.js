// A text area to write in: it grows with its text, knows its language, and tells of every visit.
//
// A visit begins when the cursor comes in and ends when it leaves; all that is typed in between
// is one change. Nothing is told while an input method is composing.

const version = new URL(import.meta.url).search;
const { newKey } = await import("./outbox.js" + version);
const { Underlines } = await import("./underlines.js" + version);

const GROWS_BY_ITSELF = CSS.supports("field-sizing", "content");

const SCRIPTS = [
  ["ja", /[\u3040-\u30ff]/],
  ["ko", /[\uac00-\ud7af]/],
  ["zh", /[\u4e00-\u9fff\u3400-\u4dbf]/],
];

// The language that a script gives away, for fonts, spell check and screen readers; Latin text may
// be any of many languages and keeps the page's.
export function languageOf(text) {
  return SCRIPTS.find(([, letters]) => letters.test(text))?.[0] ?? "";
}

let composing = false;

// Whether an input method is at work in any of our text areas.
export const isComposing = () => composing;

export class Writing {
  // area: the <textarea>; onText(writing): the text differs from what was told last;
  // onLeave(writing): the visit is over.
  constructor(area, { onText, onLeave = () => {} }) {
    this.area = area;
    this.onText = onText;
    this.onLeave = onLeave;
    this.stored = area.value; // what the server has, as far as we know
    this.told = area.value; // what we last handed over
    this.owed = false; // whether the server has yet to say that it saved that
    this.visit = null;
    this.lines = new Underlines(area);
    area.addEventListener("focus", () => this.enter());
    area.addEventListener("blur", () => this.leave());
    area.addEventListener("compositionstart", () => (composing = true));
    area.addEventListener("compositionend", () => this.composed());
    area.addEventListener("input", (event) => this.changed(event.isComposing));
    this.fit();
  }

  get text() {
    return this.area.value;
  }

  get focused() {
    return this.area.getRootNode().activeElement === this.area;
  }

  // Whether what stands here is the person's: typed and not yet saved, or being written.
  get mine() {
    return this.owed || (this.focused && this.text !== this.yielded);
  }

  enter() {
    this.visit = newKey();
    this.before = this.text; // what Escape brings back
    this.yielded = undefined;
  }

  leave() {
    this.composed();
    this.onLeave(this);
    this.visit = null;
    if (this.waiting !== undefined && !this.owed) this.overwrite(this.waiting);
    this.waiting = undefined; // had both changed, the server says so when it gets ours
  }

  composed() {
    composing = false;
    this.changed(false);
  }

  // End the visit without leaving: what follows is another change, and the server's to show.
  yield() {
    this.leave();
    this.enter();
    this.yielded = this.text;
  }

  changed(unfinished) {
    this.fit();
    if (unfinished || this.text === this.told) return;
    this.told = this.text;
    this.owed = true;
    this.onText(this);
  }

  // Type for the person: a paste, a fill. Counts as typed.
  write(text) {
    this.area.value = text;
    this.changed(false);
  }

  // Take back what was typed in this visit.
  revert() {
    if (this.visit) this.write(this.before);
  }

  // The server's text. Where a person is writing it waits until they leave unchanged.
  show(text) {
    if (this.mine && text !== this.text) this.waiting = text;
    else if (!this.owed) this.overwrite(text);
  }

  // Whatever stands here, this is it now, also for Escape.
  overwrite(text) {
    if (text !== this.text) {
      this.area.value = text;
      this.before = this.text;
      this.yielded = undefined;
    }
    this.stored = this.told = this.text; // a text area turns every line break into \n
    this.owed = false;
    this.waiting = undefined;
    this.fit();
  }

  // Show again what was typed in an earlier life of this tab and is still on its way.
  recall(text) {
    this.area.value = text;
    this.told = this.text;
    this.owed = true;
    this.fit();
  }

  // The server has saved `text`, which was ours; what was told since is still owed.
  saved(text) {
    this.stored = text;
    this.waiting = undefined;
    if (text === this.told) this.owed = false;
  }

  // Mark what notes are about; `text` is what the server found it in.
  underline(text, notes) {
    this.lines.show(text, notes);
  }

  fit() {
    this.lines.follow();
    const language = languageOf(this.text || this.area.placeholder);
    if (this.area.lang !== language) this.area.lang = language;
    if (GROWS_BY_ITSELF) return;
    this.area.style.height = "auto";
    this.area.style.height = `${this.area.scrollHeight}px`;
  }
}
