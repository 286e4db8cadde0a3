// Lines below parts of a text in a text area: what a note is about, where it stands.
//
// A text area holds plain text only, so the lines are drawn by a copy of it behind it, which lets
// everything through but the lines. The text area itself is never touched: cursor, selection and
// input methods are as without. While somebody types, a line moves with its words and goes when
// they change; the server draws anew when it has read them.

const { make } = await import("./component.js" + new URL(import.meta.url).search);

const PAIR = /[\ud800-\udfff]/;
// What must be the same for two texts to break at the same places.
const LOOKS = ["font", "padding", "letterSpacing", "wordSpacing", "textAlign", "direction", "tabSize"];

const drawn = new WeakMap(); // by text area
const sizes = new ResizeObserver((all) => all.forEach(({ target }) => drawn.get(target)?.fit()));

// The server's places in a text, in what a text area holds of it: it counts characters and knows
// several line breaks, a text area counts halves of some characters and knows one.
export function placesIn(text, notes) {
  const points = PAIR.test(text) ? [...text] : text;
  const at = (place) => {
    const before = points.slice(0, place);
    return (typeof before === "string" ? before : before.join("")).replace(/\r\n?/g, "\n").length;
  };
  return notes.flatMap(({ spans, severity }) =>
    (spans ?? [])
      .filter(([start, end]) => start < end && end <= points.length)
      .map(([start, end]) => ({ start: at(start), end: at(end), severity })),
  );
}

// The places after `before` became `after`: those behind the change move, those within it go.
export function movedPlaces(places, before, after) {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const by = after.length - before.length;
  return places.flatMap((place) => {
    if (place.end <= head) return [place];
    if (place.start < before.length - tail) return [];
    return [{ ...place, start: place.start + by, end: place.end + by }];
  });
}

// The text cut into pieces with a line below them and pieces without; of two lines the first counts.
export function piecesOf(text, places) {
  const pieces = [];
  let done = 0;
  for (const { start, end, severity } of [...places].sort((a, b) => a.start - b.start)) {
    const from = Math.max(start, done);
    if (from >= end) continue;
    pieces.push([text.slice(done, from)], [text.slice(from, end), severity]);
    done = end;
  }
  return [...pieces, [text.slice(done)]];
}

export class Underlines {
  constructor(area) {
    this.area = area;
    this.places = [];
    this.text = "";
    drawn.set(area, this);
  }

  // Draw a line below what each note is about; `text` is what the server found it in.
  show(text, notes) {
    this.text = text.replace(/\r\n?/g, "\n");
    this.places = placesIn(text, notes);
    if (!this.places.length && !this.copy) return;
    if (this.text !== this.area.value) this.follow();
    else this.draw();
  }

  // The text has changed.
  follow() {
    const { value } = this.area;
    if (value === this.text || (!this.copy && !this.places.length)) return;
    this.places = movedPlaces(this.places, this.text, value);
    this.text = value;
    this.draw();
  }

  draw() {
    const { area } = this;
    area.parentElement.classList.toggle("underlined", this.places.length > 0);
    if (!this.places.length) return this.remove();
    if (!this.copy) this.add();
    const pieces = piecesOf(this.text, this.places).map(([piece, severity]) =>
      severity ? make("mark", { class: severity }, piece) : piece,
    );
    this.copy.lang = area.lang;
    this.copy.replaceChildren(...pieces, "\u200b"); // a last line break takes a line, as in the area
    this.fit();
  }

  add() {
    const { area } = this;
    this.copy = make("div", { class: "lines", "aria-hidden": "true" });
    area.before(this.copy);
    this.scrolled = () => (this.copy.scrollTop = area.scrollTop);
    area.addEventListener("scroll", this.scrolled, { passive: true });
    sizes.observe(area);
  }

  remove() {
    if (!this.copy) return;
    sizes.unobserve(this.area);
    this.area.removeEventListener("scroll", this.scrolled);
    this.copy.remove();
    this.copy = undefined;
  }

  // As large as the text area without its scroll bar, and where that is.
  fit() {
    if (!this.copy) return;
    const { offsetLeft, offsetTop, clientWidth, clientHeight, scrollTop } = this.area;
    const size = { left: offsetLeft, top: offsetTop, width: clientWidth, height: clientHeight };
    for (const [name, value] of Object.entries(size)) this.copy.style[name] = `${value}px`;
    const looks = getComputedStyle(this.area);
    for (const name of LOOKS) this.copy.style[name] = looks[name];
    this.copy.scrollTop = scrollTop;
  }
}
