// A place to drop a file or to choose one: it goes up piece by piece, with progress and a way out.
//
// The ticket in the data says where it may go. Once all of it is there the page hears its ticket,
// and a new one makes ready for another file.

const version = new URL(import.meta.url).search;
const { make, mountView, say } = await import("./component.js" + version);

const TOLD = new Set(["too_large", "broken", "disk_full"]); // whatever else is: start again

export function mount(component) {
  const style = new URL("./drop.css" + version, import.meta.url);
  return mountView(component, style, (root) => new Drop(root));
}

class Drop {
  constructor(root) {
    this.frame = new Frame(this);
    root.append(this.frame.element);
    this.listen();
  }

  update(data, component) {
    this.component = component;
    const isNew = data.ticket !== this.data?.ticket;
    this.data = data;
    if (isNew) this.stop();
    this.frame.update(data);
    if (isNew) this.frame.show("waiting");
  }

  close() {
    this.stop();
    this.unlisten.abort();
  }

  // A file let go beside the place would else open in the browser, and the page be gone.
  listen() {
    this.unlisten = new AbortController();
    const { signal } = this.unlisten;
    const on = (name, act) => window.addEventListener(name, act, { signal });
    on("dragover", (event) => this.isFile(event) && this.hover(event, true));
    on("dragleave", (event) => event.relatedTarget || this.hover(event, false));
    on("drop", (event) => {
      if (!this.isFile(event)) return;
      this.hover(event, false);
      if (!this.sending) this.send(event.dataTransfer.files);
    });
    this.frame.input.addEventListener("change", () => {
      this.send(this.frame.input.files);
      this.frame.input.value = ""; // so that the same file can be chosen again
    });
  }

  isFile(event) {
    return [...event.dataTransfer.types].includes("Files");
  }

  hover(event, isOver) {
    event.preventDefault();
    this.frame.element.toggleAttribute("data-over", isOver && !this.sending);
  }

  send([file]) {
    if (!file) return;
    if (file.size > this.data.most) return this.frame.refuse("too_large");
    const { ticket } = this.data;
    const url = new URL(this.data.address, location.origin);
    url.searchParams.set("name", file.name);
    const request = (this.sending = new XMLHttpRequest());
    request.upload.onprogress = ({ loaded }) => this.frame.progress(file, loaded);
    request.onload = () => this.sent(request, ticket);
    request.onerror = () => this.refuse(request, "broken");
    request.open("PUT", url);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    this.frame.show("sending");
    this.frame.progress(file, 0);
    request.send(file);
  }

  sent(request, ticket) {
    if (request.status !== 201) return this.refuse(request, codeOf(request));
    this.sending = null;
    this.frame.show("sent");
    this.component.setTriggerValue("came", ticket);
  }

  refuse(request, code) {
    if (request !== this.sending) return;
    this.sending = null;
    this.frame.refuse(code);
  }

  stop() {
    const request = this.sending;
    this.sending = null;
    request?.abort();
  }

  cancel() {
    this.stop();
    this.frame.show("waiting");
    this.frame.choose.focus();
  }
}

function codeOf(request) {
  try {
    return JSON.parse(request.responseText).code;
  } catch {
    return "broken"; // something between us and the server answered in its place
  }
}

// What one sees of it.
class Frame {
  constructor(drop) {
    this.input = make("input", { type: "file", hidden: true });
    this.choose = make("button", { class: "choose", onclick: () => this.input.click() });
    this.lead = make("p", { class: "lead" });
    this.kinds = make("p", { class: "kinds" });
    this.said = make("p", { class: "said", role: "alert" });
    this.waiting = make("div", { class: "waiting" }, this.lead, this.choose, this.kinds);
    this.name = make("p", { class: "name" });
    this.bar = make("div", { class: "bar", role: "progressbar", "aria-valuemin": 0,
      "aria-valuemax": 100 }, make("i"));
    this.share = make("span", { class: "share" });
    this.cancel = make("button", { onclick: () => drop.cancel() });
    const foot = make("div", { class: "foot" }, this.share, this.cancel);
    this.sending = make("div", { class: "sending" }, this.name, this.bar, foot);
    this.element = make("section", { class: "drop" },
      this.input, this.waiting, this.sending, this.said);
  }

  update({ words, accept }) {
    this.words = words;
    this.input.accept = accept;
    this.element.setAttribute("aria-label", words.label);
    this.lead.textContent = words.lead;
    this.choose.textContent = words.choose;
    this.kinds.textContent = words.kinds;
    this.cancel.textContent = words.cancel;
    this.bar.setAttribute("aria-label", words.label);
  }

  show(state) {
    this.waiting.hidden = state !== "waiting";
    this.sending.hidden = state === "waiting";
    this.cancel.hidden = state === "sent";
    this.said.textContent = "";
    if (state === "sent") this.share.textContent = this.words.sent;
  }

  refuse(code) {
    this.show("waiting");
    this.said.textContent = TOLD.has(code) ? this.words[code] : this.words.refused;
  }

  progress({ name, size }, loaded) {
    const percent = Math.min(100, Math.floor((loaded / Math.max(1, size)) * 100));
    this.name.textContent = name;
    this.bar.setAttribute("aria-valuenow", percent);
    this.bar.style.setProperty("--share", `${percent}%`);
    this.share.textContent = say(this.words, "progress", { percent, size: megabytes(size) });
  }
}

function megabytes(size) {
  return (size / 1e6).toFixed(size < 1e7 ? 1 : 0);
}
