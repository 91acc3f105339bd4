// The conversation as a list: each line is made once and kept. Everything that anybody wrote is text.
import { files } from "./files.js";
import { gettext, locale } from "../words.js";

const NAMES = { ai: gettext("Automated assistant"), system: gettext("Notice"), customer: gettext("You"), person: gettext("A colleague") };
const hour = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function when(at) {
  const made = element("time", "");
  made.dateTime = new Date(at).toISOString();
  const today = new Date(at).toDateString() === new Date().toDateString();
  made.textContent = (today ? hour : day).format(new Date(at));
  return made;
}

function sources(named) {
  const place = element("p", "sources");
  place.append(gettext("Source:"), " ", element("bdi", "", named.join("; ")));
  return place;
}

// Articles are read beside the chat, so that it stays where it is.
function offered(articles) {
  const list = element("ul", "offered");
  list.append(...articles.map((one) => {
    const item = element("li", "");
    const link = element("a", "", one.title);
    link.href = `/help/articles/${encodeURIComponent(one.id)}`;
    link.target = "_blank";
    link.rel = "noopener";
    link.dir = "auto";
    item.append(link);
    return item;
  }));
  return list;
}

function made(line) {
  const item = element("li", `line ${line.author}`);
  const by = element("p", "by");
  by.append(element("bdi", "", line.author === "person" && line.name ? line.name : NAMES[line.author]));
  const bubble = element("div", "bubble");
  if (line.text) {
    const said = element("p", "said", line.text);
    said.dir = "auto";
    bubble.append(said);
  }
  if (line.articles?.length) bubble.append(offered(line.articles));
  if (line.attachments?.length) bubble.append(files(line.attachments));
  if (line.sources?.length) bubble.append(sources(line.sources));
  item.append(by, bubble, element("p", "state"));
  return item;
}

export class Lines {
  constructor(list, { onAgain, onDrop }) {
    Object.assign(this, { list, onAgain, onDrop });
    this.shown = new Map();
  }

  // A line that was pending becomes the server's own: it stays the same element.
  adopt(key, id) {
    const item = this.shown.get(key);
    if (!item || this.shown.has(id)) return;
    this.shown.delete(key);
    this.shown.set(id, item);
  }

  show(lines, pending) {
    const all = [
      ...lines.map((line) => ({ ...line, key: line.id })),
      ...pending.map((item) => ({ ...item, author: "customer", at: item.at })),
    ];
    const wanted = new Set(all.map((line) => line.key));
    for (const [key, item] of this.shown) {
      if (!wanted.has(key)) {
        item.remove();
        this.shown.delete(key);
      }
    }
    const lastOwn = all.findLastIndex((line) => line.author === "customer");
    let before = null;
    all.forEach((line, i) => {
      const item = this.place(line, before);
      const former = all[i - 1];
      item.classList.toggle("first", !former || former.author !== line.author || former.name !== line.name);
      this.state(item, line, i === lastOwn && i === all.length - 1);
      before = item;
    });
  }

  place(line, before) {
    let item = this.shown.get(line.key);
    if (!item) {
      item = made(line);
      this.shown.set(line.key, item);
    }
    const next = before ? before.nextElementSibling : this.list.firstElementChild;
    if (next !== item) this.list.insertBefore(item, next);
    return item;
  }

  state(item, line, last) {
    const place = item.querySelector(".state");
    const state = line.state ?? (line.author === "customer" ? (line.read ? "read" : "sent") : "");
    item.classList.toggle("sending", state === "sending");
    item.classList.toggle("failed", state === "failed");
    const told = `${state} ${last} ${line.refused ?? ""}`;
    if (place.dataset.told === told) return;
    place.dataset.told = told;
    place.replaceChildren();
    if (state === "failed") {
      place.append(element("span", "", line.refused ? gettext("This could not be taken.") : gettext("Not sent.")), this.button(line));
    } else if (state === "sending") {
      place.append(gettext("Sending …"));
    } else {
      place.append(when(line.at));
      if (last && state) place.append(element("span", "", state === "read" ? gettext("Read") : gettext("Sent")));
    }
  }

  button(line) {
    const again = element("button", "", line.refused ? gettext("Remove") : gettext("Try again"));
    again.type = "button";
    again.addEventListener("click", () => (line.refused ? this.onDrop(line.key) : this.onAgain(line.key)));
    return again;
  }
}
