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
}

// Streamlit writes Chinese as \u escapes, six bytes a letter: we send UTF-8 ourselves.
function unpack(data) {
  return data instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(data)) : data;
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
