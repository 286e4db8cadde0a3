// A menu at a button: one for the whole table, filled anew each time it opens.

const { make } = await import("./component.js" + new URL(import.meta.url).search);

const AGAIN = 250; // ms; a press on the button that closed the menu is not to open it once more
const EDGE = 8; // pixels that stay free at the edge of the window

export class GridMenu {
  constructor() {
    this.element = make("div", { class: "menu", role: "menu", popover: "auto" });
    this.element.addEventListener("keydown", (event) => this.press(event));
    this.element.addEventListener("toggle", ({ newState }) => newState === "closed" && this.closed());
    this.closedAt = -AGAIN;
    this.scrolled = () => this.place();
  }

  // groups: [{ name, items: [{ text, act, checked, mark }] }]; `checked` makes the items of a group
  // a choice of one. `back`: what gets the cursor when the menu closes, by default the button.
  open(button, label, groups, back = button) {
    if (button === this.button && performance.now() - this.closedAt < AGAIN) return;
    this.button = button;
    this.back = back;
    this.element.setAttribute("aria-label", label);
    this.element.replaceChildren(...groups.map((group) => this.group(group)));
    this.element.showPopover();
    this.place();
    button.setAttribute("aria-expanded", "true");
    window.addEventListener("scroll", this.scrolled, { capture: true });
    (this.element.querySelector('[aria-checked="true"]') ?? this.items()[0]).focus();
  }

  group({ name, items }) {
    const heading = name && make("div", { class: "heading", "aria-hidden": "true" }, name);
    const role = name ? "group" : "none";
    return make("div", { role, "aria-label": name }, heading, ...items.map((item) => this.item(item)));
  }

  item({ text, act, checked, mark = "" }) {
    const isChoice = checked !== undefined;
    const attributes = {
      type: "button",
      role: isChoice ? "menuitemradio" : "menuitem",
      "aria-checked": isChoice ? String(checked) : undefined,
      tabindex: "-1",
      onclick: () => this.choose(act),
    };
    return make("button", attributes, make("i", { class: mark, "aria-hidden": "true" }), text);
  }

  items() {
    return [...this.element.querySelectorAll("button")];
  }

  choose(act) {
    this.element.hidePopover();
    this.back?.focus();
    act();
  }

  // Below the button, or above it where there is no room, and never off the page.
  place() {
    const { left, top, bottom } = this.button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height, style } = this.element;
    const fits = bottom + height + EDGE < window.innerHeight;
    style.left = `${Math.max(EDGE, Math.min(left, window.innerWidth - width - EDGE))}px`;
    style.top = `${fits ? bottom + 4 : Math.max(EDGE, top - height - 4)}px`;
  }

  press(event) {
    const items = this.items();
    const at = items.indexOf(this.element.getRootNode().activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) items.at(to % items.length).focus();
    else if (event.key === "Escape" || event.key === "Tab") this.leave();
    else if (items[event.key - 1]) items[event.key - 1].click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  leave() {
    this.element.hidePopover();
    this.back?.focus();
  }

  closed() {
    this.closedAt = performance.now();
    this.button?.setAttribute("aria-expanded", "false");
    window.removeEventListener("scroll", this.scrolled, { capture: true });
  }
}
