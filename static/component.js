// What every component of ours does when Streamlit mounts it or hands it new data.

const { search: version } = new URL(import.meta.url);
const VIEW = Symbol.for("tonesmith.view"); // known to every version of this file

// Make one view for a place on the page, keep it through every rerun, and hand it what is new.
// create(root): an object with update(data, component), close(), frame.element (what it shows), and
// visible(), if it cares when it can first be seen.
export function mountView(component, style, create) {
  const root = component.parentElement;
  const host = root.host ?? root;
  // A page outlives its server; where the next one is of another version, so is the view.
  if (root[VIEW] && root[VIEW].version !== version) end(root);
  const view = (root[VIEW] ??= begin(root, host, style, create));
  const data = unpack(component.data);
  view.whenFree(() => view.update(data, component));
  // Streamlit ends a run that newer data has overtaken, and does so after the newer run has begun:
  // only a view that is off the page has ended.
  return () => setTimeout(() => host.isConnected || root[VIEW] !== view || end(root));
}

function begin(root, host, style, create) {
  const view = create(root);
  view.version = version;
  adoptStyle(root, style).then(() => view.visible?.());
  view.stops = [
    watchConnection(host, view),
    letClicksWait(host, view),
    letPressesEnd(root, view),
  ];
  return view;
}

function end(root) {
  const view = root[VIEW];
  delete root[VIEW];
  view.frame.element.remove(); // who writes in it leaves it, and what they wrote is kept
  view.close();
  for (const stop of view.stops) stop();
  root.adoptedStyleSheets = [];
}

// Streamlit writes Chinese as \u escapes, six bytes a letter: we send UTF-8 ourselves.
function unpack(data) {
  return data instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(data)) : data;
}

// Without a connection Streamlit shows a dialog that takes the cursor and shuts out all else. Our
// own words say how it stands (ui/style.py hides the dialog), and writing goes on.
function watchConnection(host, view) {
  const app = host.closest("[data-test-connection-state]");
  const look = () => {
    const isConnected = app.dataset.testConnectionState === "CONNECTED";
    host.toggleAttribute("data-react-aria-top-layer", !isConnected);
    view.outbox?.connect(isConnected);
  };
  const observer = new MutationObserver(look);
  if (app) observer.observe(app, { attributeFilter: ["data-test-connection-state"] });
  return () => observer.disconnect();
}

// Who turns to the menu or presses a button finds saved what was typed right before: the click waits
// until it is, if not for long.
function letClicksWait(host, view) {
  const wait = async (event) => {
    const pressed = event.target.closest("a, button:not([data-rac])");
    const plain = event.isTrusted && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!pressed || !plain || host.contains(pressed) || !view.outbox?.items.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    await view.outbox.settled();
    pressed.click();
  };
  document.addEventListener("click", wait, true);
  return () => document.removeEventListener("click", wait, true);
}

// What is new may bring other buttons in place of old ones, and a click is one only where the button
// that was pressed is let go: so it waits until then.
function letPressesEnd(root, view) {
  let pressed = false;
  const late = [];
  view.whenFree = (show) => (pressed ? late.push(show) : show());
  const press = ({ button, target }) => {
    if (button === 0 && target.closest("button, label, [type=checkbox]")) pressed = true;
  };
  const end = () => {
    if (!pressed) return;
    pressed = false;
    for (const show of late.splice(0)) show();
  };
  const letGo = () => setTimeout(end); // the click comes first
  const ends = ["pointerup", "pointercancel", "contextmenu"];
  root.addEventListener("pointerdown", press);
  for (const name of ends) window.addEventListener(name, letGo, true);
  return () => {
    for (const name of ends) window.removeEventListener(name, letGo, true);
  };
}

async function read(url) {
  return (await fetch(url)).text();
}

const shared = read(new URL("./base.css" + version, import.meta.url)); // once for all components

// The look that all components share, and over it this one's own.
async function adoptStyle(root, own) {
  const host = root.host ?? root;
  host.style.visibility = "hidden"; // rather nothing than everything unstyled
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync((await Promise.all([shared, read(own)])).join("\n"));
    root.adoptedStyleSheets = [...(root.adoptedStyleSheets ?? []), sheet];
  } finally {
    host.style.visibility = "";
  }
}

// An element with attributes (on… are listeners, undefined ones are left out) and children.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

// The sentence under `key` with its {places} filled; for n = 1 the one under `key_one`.
export function say(words, key, facts = {}) {
  const sentence = (facts.n === 1 && words[`${key}_one`]) || words[key];
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}
