// What every component of ours does when Streamlit mounts it or hands it new data.

const views = new WeakMap();

// Make one view for a place on the page, keep it through every rerun, and hand it what is new.
// create(root): an object with update(data, component) and close().
export function mountView(component, style, create) {
  const root = component.parentElement;
  let view = views.get(root);
  if (!view) {
    view = create(root);
    views.set(root, view);
    adoptStyle(root, style);
    keepWritable(root.host ?? root);
    letClicksWait(root.host ?? root, view);
  }
  view.update(unpack(component.data), component);
  return () => setTimeout(() => end(root, view));
}

// Streamlit ends a run that newer data has overtaken, and does so after the newer run has begun:
// only a view that is off the page has ended.
function end(root, view) {
  if ((root.host ?? root).isConnected || views.get(root) !== view) return;
  views.delete(root);
  view.close();
  view.letClicksGo();
}

// Streamlit writes Chinese as \u escapes, six bytes a letter: we send UTF-8 ourselves.
function unpack(data) {
  return data instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(data)) : data;
}

// Without a connection Streamlit shows a dialog that takes the cursor and shuts out all else. Our
// own words say how it stands (ui/style.py hides the dialog), and writing goes on.
function keepWritable(host) {
  const app = host.closest("[data-test-connection-state]");
  if (!app) return;
  const look = () => {
    const lost = app.dataset.testConnectionState !== "CONNECTED";
    host.toggleAttribute("data-react-aria-top-layer", lost);
  };
  new MutationObserver(look).observe(app, { attributeFilter: ["data-test-connection-state"] });
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
  view.letClicksGo = () => document.removeEventListener("click", wait, true);
}

async function adoptStyle(root, url) {
  const sheet = new CSSStyleSheet();
  const host = root.host ?? root;
  host.style.visibility = "hidden"; // rather nothing than everything unstyled
  try {
    sheet.replaceSync(await (await fetch(url)).text());
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
