// The customer's chat page: puts the parts together.
import { Chosen, choosing } from "../attach.js";
import { call, pass, pause, Stream, wire } from "./wire.js";
import { close, frame, keep, start, unread } from "./frame.js";
import { know } from "./files.js";
import { Lines } from "./lines.js";
import { Outbox } from "./outbox.js";
import { showSurvey } from "./survey.js";
import { gettext, locale, pieces } from "../words.js";

const { site, request, most, bytes } = document.body.dataset;
const WRITES_FOR = 6000;
const TYPING_EVERY = 2500;
const LOOK_AGAIN = 60000;
const at = (id) => document.getElementById(id);
const scroll = at("scroll");
const text = at("text");
const back = new Intl.DateTimeFormat(locale, { weekday: "long", hour: "2-digit", minute: "2-digit" });

let view = { conversation: null, lines: [], more: false, standing: "new", name: "", owner_away: false, wait: "", away: "", back_at: null, survey: "", survey_kind: "", prefers_human: false };
let choosingNow = false;
let limit = 50;
let writes = 0;
let seen = 0;
let typed = 0;
let asked = false;
let again = false;
let who = "";

const lines = new Lines(at("lines"), { onAgain: (key) => outbox.again(key), onDrop: (key) => outbox.drop(key) });
const outbox = new Outbox({ onChange: show, onSent: sent });
const stream = new Stream({
  onResync: () => { lost(false); refresh(); outbox.again(); },
  onChanged: (topics) => {
    if (topics.some((topic) => topic.startsWith("conversation:"))) refresh();
    if (topics.some((topic) => topic.startsWith("writing:"))) somebodyWrites();
  },
  onLost: () => lost(true),
});

async function comeIn() {
  const { identity, kept } = await start();
  const given = await call("POST", "/chat/pass", { site, identity, kept });
  wire.pass = given.token;
  if (given.keep) keep(given.token);
  if (who && who !== given.who) location.reload(); // somebody else is signed in: nothing is mixed
  who = given.who;
}
wire.renew = comeIn;

// One request at a time; what changes meanwhile is asked for once more.
async function refresh() {
  if (asked) { again = true; return; }
  asked = true;
  try {
    view = await call("GET", `/chat/conversation?lines=${limit}`);
    seen = Math.max(seen, view.seen);
    lost(false);
    adopt();
    outbox.settle(view.lines);
    listen();
    show();
  } catch {
    lost(true);
    setTimeout(refresh, 2000);
  } finally {
    asked = false;
    if (again) { again = false; refresh(); }
  }
}

// A message whose answer was lost stands in the history before it is confirmed: it is the same one.
function adopt() {
  const known = new Set(outbox.items.map((item) => item.message));
  for (const item of outbox.items.filter((one) => !one.message)) {
    const twin = view.lines.find((line) => line.author === "customer" && line.text === item.text && same(line.attachments, item.attachments)
      && !known.has(line.id) && !lines.shown.has(line.id) && Date.parse(line.at) >= item.at - 60000);
    if (twin) { known.add(twin.id); item.twin = twin.id; }
  }
  for (const item of outbox.items) if (item.message || item.twin) lines.adopt(item.key, item.message || item.twin);
}

function same(theirs = [], ours = []) {
  return theirs.length === ours.length && theirs.every((one, i) => one.id === ours[i].id);
}

function sent(taken) {
  if (!view.conversation) view.conversation = taken.conversation;
  listen();
  refresh();
}

function listen() {
  const own = view.conversation;
  if (own && !document.hidden) stream.open([`conversation:${own}`, `writing:${own}`]);
}

function lost(on) {
  at("lost").hidden = !on;
}

function show() {
  const low = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
  const shown = new Set(view.lines.map((line) => line.id));
  const count = lines.shown.size;
  const pending = outbox.items.filter((item) => !shown.has(item.message) && !shown.has(item.twin));
  lines.show(view.lines, pending);
  const greeting = at("greeting");
  if (greeting) greeting.hidden = lines.shown.size > 0;
  at("earlier").hidden = !view.more;
  showWho();
  showWait(pending.some((item) => item.kind === "person" && item.state !== "failed"));
  showWorking();
  showSurvey(view.survey, view.survey_kind);
  const grown = lines.shown.size > count;
  if (low || view.lines.at(-1)?.author === "customer") scroll.scrollTop = scroll.scrollHeight;
  else if (grown) at("down").hidden = false;
  tellSeen();
}

function words(place, ...parts) {
  const told = JSON.stringify(parts);
  if (place.dataset.told === told) return;
  place.dataset.told = told;
  place.replaceChildren(...parts.map((part) => {
    if (typeof part === "string") return part;
    const made = document.createElement(part.tag ?? "strong");
    made.className = part.className ?? "";
    made.dir = "auto";
    made.textContent = part.text;
    return made;
  }));
}

const colleague = () => view.name || gettext("A colleague");

function showWho() {
  if (view.standing === "person") {
    words(at("who"), { tag: "span", className: "tag good", text: colleague() }, { tag: "span", text: view.owner_away ? gettext("has your conversation, and is not here right now") : gettext("answers you in person") });
  } else if (view.standing === "person_soon") {
    words(at("who"), { tag: "span", className: "tag info", text: gettext("A person") }, { tag: "span", text: gettext("will answer you here") });
  } else {
    words(at("who"), { tag: "span", className: "tag ai", text: gettext("Automated assistant") }, { tag: "span", text: view.away ? gettext("answers here; no colleague is here right now") : gettext("answers here; you can ask for a person") });
  }
}

function showWait(requested) {
  const away = Boolean(view.away);
  const when = view.back_at ? ` ${gettext("Our desk opens again %(when)s.", { when: back.format(new Date(view.back_at)) })}` : "";
  const theirs = view.standing === "person";
  const soon = view.standing === "person_soon" || (requested && !theirs);
  at("person").hidden = theirs || soon;
  at("always").hidden = !view.conversation;
  if (!choosingNow) at("prefers").checked = view.prefers_human;
  at("helped").hidden = view.standing !== "offered" || soon;
  at("helped").disabled &&= !at("helped").hidden;
  if (theirs && view.owner_away) words(at("wait"), ...pieces(gettext("%(name)s has your conversation; the answer stays here for you."), { name: { text: colleague() } }));
  else if (theirs) words(at("wait"), ...pieces(gettext("%(name)s has your conversation and answers here."), { name: { text: colleague() } }));
  else if (soon && away) words(at("wait"), { tag: "span", text: view.away }, when);
  else if (soon) words(at("wait"), ...pieces(gettext("A person answers here: %(wait)s."), { wait: { text: view.wait } }));
  else if (view.standing === "offered") words(at("wait"), gettext("Does one of these help? If not, ask for a person."));
  else if (view.wait) words(at("wait"), away ? `${gettext("Nobody is here right now.")}${when}` : gettext("A person: %(wait)s.", { wait: view.wait }));
}

function showWorking() {
  const human = writes > Date.now();
  const last = view.lines.at(-1)?.author;
  const machine = view.standing === "working" && last === "customer" && !outbox.items.length;
  at("working").hidden = !(human || machine);
  words(at("working-words"), human ? gettext("%(name)s is writing", { name: colleague() }) : machine ? gettext("Looking into it") : "");
}

function somebodyWrites() {
  writes = Date.now() + WRITES_FOR;
  showWorking();
  setTimeout(showWorking, WRITES_FOR + 50);
}

function newest() {
  return view.lines.reduce((most, line) => Math.max(most, line.seq ?? 0), 0);
}

// Seen is what was in view: the chat open, the tab in front.
function tellSeen() {
  if (view.lines.at(-1)?.author === "person") { writes = 0; showWorking(); }
  const most = newest();
  if (frame.opened && !document.hidden) {
    unread(0);
    if (most > seen) {
      seen = most;
      call("POST", "/chat/seen", { seq: most }).catch(() => {});
    }
  } else {
    unread(view.lines.filter((line) => (line.seq ?? 0) > seen).length);
  }
}

function grow() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight + 2, 144)}px`;
}

const files = () => `newel.chat.files.${who}`;
const chosen = new Chosen({
  list: at("chosen"),
  problem: at("chosen-problem"),
  most: Number(most),
  bytes: Number(bytes),
  path: "/chat/attachments",
  headers: pass,
  renew: () => wire.renew(),
  discard: (id) => { call("DELETE", `/chat/attachments/${id}`).catch(() => {}); },
  onChange: filesChanged,
});
let waits = false;

// What is chosen survives a reload; a message that was to be sent goes once its files are there.
function filesChanged() {
  const ready = chosen.ready.map(({ blob, ...listed }) => listed);
  try { if (who) sessionStorage.setItem(files(), JSON.stringify(ready)); } catch { /* in this page only then */ }
  if (waits && !chosen.busy) { waits = false; send(); }
  at("send").toggleAttribute("aria-busy", waits);
}

const draft = () => `newel.chat.draft.${who}`;

function store(value) {
  try { sessionStorage.setItem(draft(), value); } catch { /* in the field it stays anyway */ }
}

function send() {
  const value = text.value.trim();
  if (!value && !chosen.items.length) return;
  if (chosen.failed) { chosen.say(gettext("Remove the file that could not be taken, then send.")); return; }
  if (chosen.busy) { waits = true; at("send").setAttribute("aria-busy", "true"); return; }
  const attached = chosen.clear();
  attached.forEach((one) => know(one.id, one.blob));
  outbox.add(value, "messages", attached.map(({ blob, ...listed }) => listed));
  text.value = "";
  store("");
  grow();
  scroll.scrollTop = scroll.scrollHeight;
  text.focus();
}

at("composer").addEventListener("submit", (event) => { event.preventDefault(); send(); });
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
});
text.addEventListener("input", () => {
  grow();
  store(text.value);
  if (view.conversation && text.value.trim() && Date.now() - typed > TYPING_EVERY) {
    typed = Date.now();
    call("POST", "/chat/typing").catch(() => {});
  }
});
choosing(chosen, { button: at("attach"), input: at("files"), area: text, zone: document.body });
at("person").addEventListener("click", () => { outbox.add(request, "person"); text.focus(); });
at("helped").addEventListener("click", () => { at("helped").disabled = true; call("POST", "/chat/helped").catch(() => {}).finally(refresh); });
// A lasting choice, made here and nowhere else: what does not arrive is shown as not chosen.
at("prefers").addEventListener("change", () => {
  choosingNow = true;
  call("POST", "/chat/preference", { prefers_human: at("prefers").checked }).catch(() => {}).finally(() => { choosingNow = false; refresh(); });
});
at("earlier").addEventListener("click", () => { limit = Math.min(300, limit + 100); refresh(); });
at("down").addEventListener("click", () => { scroll.scrollTop = scroll.scrollHeight; });
scroll.addEventListener("scroll", () => {
  if (scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60) at("down").hidden = true;
});
at("close").addEventListener("click", close);
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && frame.framed) close(); });
document.addEventListener("visibilitychange", () => {
  if (document.hidden) { stream.close(); return; }
  listen();
  refresh();
});
frame.onOpened = (opened, focus) => {
  if (opened && focus) text.focus();
  if (opened) { grow(); scroll.scrollTop = scroll.scrollHeight; }
  tellSeen();
};

async function begin() {
  at("close").hidden = !frame.framed;
  for (;;) {
    try { await comeIn(); break; } catch { lost(true); await pause(2000); }
  }
  try { text.value ||= sessionStorage.getItem(draft()) ?? ""; } catch { /* nothing was kept */ }
  grow();
  try { chosen.restore(JSON.parse(sessionStorage.getItem(files()) ?? "[]")); } catch { /* nothing was kept */ }
  outbox.restore(`newel.chat.outbox.${who}`);
  await refresh();
  document.body.dataset.ready = "1";
  if (window.parent === window) text.focus(); // inside of a page it would take the eyes from the rest
  setInterval(() => { if (!document.hidden) refresh(); }, LOOK_AGAIN);
}
begin();
