// Files chosen for a message: by button, paste or drop; each is uploaded at once, seen with its progress,
// and can be removed until the message is sent. After a lost connection uploads go on by themselves.
import { gettext, locale, ngettext, number } from "./words.js";

const WAITS = [500, 1000, 2000, 4000, 8000];
const AGAIN = [0, 401, 408, 425, 429];
const PICTURES = ["png", "jpeg", "webp", "gif"];
const megabytes = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

export function size(bytes) {
  if (bytes < 1024) return ngettext("%(num)s byte", "%(num)s bytes", bytes);
  if (bytes < 1048576) return gettext("%(size)s kB", { size: number(Math.round(bytes / 1024)) });
  return gettext("%(size)s MB", { size: megabytes.format(bytes / 1048576) });
}

export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

// A name keeps its own direction inside of a sentence.
const isolated = (name) => `\u2068${name}\u2069`;
const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
const wait = (tries) => WAITS[Math.min(tries, WAITS.length - 1)];

function disposition(name) {
  const safe = encodeURIComponent(name.slice(-200)).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return `attachment; filename*=UTF-8''${safe}`;
}

function detail(text, status) {
  try { return JSON.parse(text).detail; } catch { return gettext("It was refused (%(status)s).", { status }); }
}

export class Chosen {
  // list, problem: where they are shown; most, bytes: the limits; path, headers: where they are sent;
  // renew: a fresh pass after a 401; remove: how an upload is thrown away; field: the name of a hidden input.
  constructor(options) {
    Object.assign(this, { headers: () => ({}), renew: null, onChange: () => {}, field: "" }, options);
    this.items = [];
  }

  get ready() { return this.items.filter((item) => item.listed).map((item) => ({ ...item.listed, blob: item.blob })); }

  get busy() { return this.items.some((item) => item.state === "uploading"); }

  get failed() { return this.items.some((item) => item.state === "failed"); }

  // What was uploaded before the page was loaded again.
  restore(listed) {
    for (const one of listed) this.put({ name: one.name, size: one.size, listed: one, state: "ready", blob: "" });
    this.changed();
  }

  add(files) {
    this.say("");
    for (const file of files) {
      if (this.items.length >= this.most) { this.say(ngettext("%(num)s file goes with one message.", "%(num)s files go with one message.", this.most)); break; }
      if (file.size > this.bytes) this.say(gettext("%(name)s is larger than %(size)s.", { name: isolated(file.name), size: size(this.bytes) }));
      else if (file.size === 0) this.say(gettext("%(name)s is empty.", { name: isolated(file.name) }));
      else this.begin(file);
    }
    this.changed();
  }

  begin(file) {
    const blob = file.type.startsWith("image/") && file.type !== "image/svg+xml" ? URL.createObjectURL(file) : "";
    const item = this.put({ name: file.name || "file", size: file.size, file, state: "uploading", blob, listed: null });
    this.upload(item);
  }

  async upload(item) {
    for (let tries = 0; item.state === "uploading"; tries += 1) {
      const answer = await this.send(item);
      if (item.state !== "uploading") return;
      if (answer.status === 201 || answer.status === 200) { this.taken(item, JSON.parse(answer.text)); return; }
      if (!AGAIN.includes(answer.status) && answer.status < 500) { this.refused(item, detail(answer.text, answer.status)); return; }
      if (answer.status === 401 && tries && !this.renew) { this.refused(item, gettext("You are signed out.")); return; }
      if (answer.status === 401 && this.renew) await this.renew().catch(() => {});
      item.told.textContent = answer.status === 401 ? "" : gettext("No connection; trying again …");
      await pause(answer.after ? answer.after * 1000 : wait(tries));
    }
  }

  send(item) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      item.request = request;
      request.open("POST", this.path);
      for (const [name, value] of Object.entries(this.headers())) request.setRequestHeader(name, value);
      request.setRequestHeader("Content-Type", item.file.type || "application/octet-stream");
      request.setRequestHeader("Content-Disposition", disposition(item.name));
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) item.bar.value = event.loaded / event.total;
        item.told.textContent = size(item.size);
      });
      request.addEventListener("loadend", () => done({
        status: request.status, text: request.responseText, after: Number(request.getResponseHeader("Retry-After")) || 0,
      }));
      request.send(item.file);
    });
  }

  taken(item, listed) {
    if (this.items.some((other) => other.listed?.id === listed.id)) {
      this.drop(item);
      this.say(gettext("%(name)s is attached already.", { name: isolated(item.name) }));
      return;
    }
    Object.assign(item, { listed, state: "ready", name: listed.name });
    this.draw(item);
    this.changed();
  }

  refused(item, why) {
    item.state = "failed";
    this.draw(item);
    this.say(`${isolated(item.name)}: ${why}`);
    this.changed();
  }

  remove(item) {
    const next = item.place.nextElementSibling ?? item.place.previousElementSibling;
    this.drop(item);
    this.say("");
    if (item.listed) this.discard(item.listed.id);
    (next?.querySelector("button") ?? this.home)?.focus();
  }

  drop(item) {
    item.state = "removed";
    item.request?.abort();
    item.place.remove();
    this.items = this.items.filter((other) => other !== item);
    this.changed();
  }

  // They went with the message: the list is empty again, their previews are its own from here on.
  clear() {
    const sent = this.ready;
    for (const item of this.items) item.place.remove();
    this.items = [];
    this.changed();
    return sent;
  }

  put(item) {
    item.place = element("li", "chosen-one");
    this.items.push(item);
    this.list.append(item.place);
    this.draw(item);
    return item;
  }

  draw(item) {
    const what = element("span", "chosen-what");
    item.told = element("span", "chosen-told", item.state === "failed" ? gettext("Not taken") : size(item.size));
    what.append(element("bdi", "chosen-name truncate", item.name), item.told);
    const out = element("button", "button quiet small chosen-out");
    out.type = "button";
    out.setAttribute("aria-label", gettext("Remove %(name)s", { name: item.name }));
    out.append(element("span", "", "✕"));
    out.addEventListener("click", () => this.remove(item));
    item.place.className = `chosen-one ${item.state}`;
    item.place.replaceChildren(this.picture(item), what, out);
    item.bar = element("progress", "chosen-bar");
    item.bar.max = 1;
    item.bar.setAttribute("aria-label", gettext("Uploading %(name)s", { name: item.name }));
    if (item.state === "uploading") item.place.append(item.bar);
    if (item.listed && this.field) {
      const field = element("input");
      Object.assign(field, { type: "hidden", name: this.field, value: item.listed.id });
      item.place.append(field);
    }
  }

  picture(item) {
    if (!item.blob) return element("span", "chosen-kind", (item.name.split(".").pop() || "file").slice(0, 4));
    const shown = element("img", "chosen-shot");
    Object.assign(shown, { src: item.blob, alt: PICTURES.includes(item.listed?.media_type?.slice(6)) ? gettext("picture") : "" });
    shown.addEventListener("error", () => { item.blob = ""; this.draw(item); });
    return shown;
  }

  say(text) {
    this.problem.textContent = text;
    this.problem.hidden = !text;
  }

  changed() {
    this.list.hidden = !this.items.length;
    this.onChange();
  }
}

// Button, paste and drop lead to the same list.
export function choosing(chosen, { button, input, area, zone }) {
  chosen.home = area;
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => { chosen.add([...input.files]); input.value = ""; area.focus(); });
  area.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    chosen.add(files);
  });
  const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  zone.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    zone.classList.add("dropping");
  });
  zone.addEventListener("dragleave", (event) => { if (!zone.contains(event.relatedTarget)) zone.classList.remove("dropping"); });
  zone.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    zone.classList.remove("dropping");
    chosen.add([...event.dataTransfer.files]);
    area.focus();
  });
}
