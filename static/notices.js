// What could not be saved as typed: kept, shown beside what stands there, and the choice theirs.

const { make } = await import("./component.js" + new URL(import.meta.url).search);

// Draw the held items, each as `notice(held)` says, unless they stand there already: somebody may
// be about to press their buttons. Returns whether it drew.
export function showNotices(place, held, notice) {
  const shown = held.map(({ n, code }) => `${n} ${code}`).join();
  if (shown === (place.dataset.shown ?? "")) return false;
  place.dataset.shown = shown;
  place.replaceChildren(...held.map(notice));
  return true;
}

// A sentence, the texts under their headings as far as there are any, and buttons.
export function noticeOf(sentence, texts, buttons) {
  const versions = make("div", { class: "versions" });
  for (const [heading, text] of texts) {
    if (typeof text !== "string") continue;
    versions.append(make("div", {}, make("small", {}, heading), make("p", {}, text)));
  }
  const box = { class: "notice", role: "alert" };
  return make("div", box, make("p", {}, sentence), versions, ...buttons);
}
