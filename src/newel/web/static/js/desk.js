// The desk: moving in the list, writing (kept here and on the server), who else looks, what was revealed.
import { Chosen, choosing } from "./attach.js";
import { complete } from "./completion.js";
import { toast } from "./toast.js";
import { left, onTheWall, showTimes, whenShown } from "./time.js";
import { gettext, ngettext } from "./words.js";

const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? "";
const box = () => document.getElementById("case");
const id = box()?.dataset.case ?? "";
const token = () => document.getElementById("case-token")?.value ?? "";
const composer = () => document.querySelector("[data-composer]");

function send(path, values, more = {}) {
  const body = new URLSearchParams(values);
  return fetch(path, { method: "POST", body, headers: { "X-Newel-CSRF": csrf(), "HX-Request": "true", ...more.headers }, keepalive: more.keepalive });
}

// — The list: j and k move, Enter opens; what has not been looked at is bold. —
const SEEN = "newel.seen";
const seen = () => JSON.parse(localStorage.getItem(SEEN) || "{}");

document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (!step) return;
  const rows = [...document.querySelectorAll(".desk-list .case-row")];
  if (!rows.length) return;
  const at = rows.findIndex((r) => r === document.activeElement);
  const open = rows.findIndex((r) => r.getAttribute("aria-current") === "true");
  const next = at < 0 ? (open < 0 ? (step.dataset.step === "1" ? 0 : rows.length - 1) : open + Number(step.dataset.step)) : at + Number(step.dataset.step);
  rows[Math.max(0, Math.min(rows.length - 1, next))].focus();
});

function markSeen() {
  const known = seen();
  for (const row of document.querySelectorAll(".case-row[data-newest]")) {
    if (row.dataset.case === id) known[row.dataset.case] = row.dataset.newest;
    row.classList.toggle("unread", known[row.dataset.case] !== row.dataset.newest);
  }
  localStorage.setItem(SEEN, JSON.stringify(Object.fromEntries(Object.entries(known).slice(-300))));
}

const scroller = () => document.querySelector(".desk-scroll");
const PLACE = "newel.desk-place";
window.addEventListener("pagehide", () => sessionStorage.setItem(PLACE, scroller()?.scrollTop ?? 0));
if (scroller()) scroller().scrollTop = Number(sessionStorage.getItem(PLACE) || 0);

// — The thread stays at its end, unless somebody reads further up. —
let pinned = true;
function toEnd() {
  const thread = document.getElementById("thread");
  if (thread) thread.scrollTop = thread.scrollHeight;
}
document.addEventListener("scroll", (event) => {
  if (event.target.id === "thread") pinned = event.target.scrollHeight - event.target.scrollTop - event.target.clientHeight < 40;
}, true);

// — What was revealed stays so while the page is open, wherever it stands. —
const revealed = new Map();
function keepRevealed(root) {
  for (const span of root.querySelectorAll(".revealed")) revealed.set(`${span.dataset.part} ${span.dataset.field}`, span.textContent);
  for (const veil of document.querySelectorAll("button.veil")) {
    const value = revealed.get(`${veil.dataset.part} ${veil.dataset.field}`);
    if (value === undefined) continue;
    const span = document.createElement("span");
    span.className = "revealed";
    span.dir = "auto";
    Object.assign(span.dataset, { part: veil.dataset.part, field: veil.dataset.field });
    span.textContent = value;
    veil.replaceWith(span);
  }
}

// — Writing: kept in this tab at once, on the server after a moment. —
const SAVE_MS = 700;
let saving = 0;
let saved = "";
const kept = (pane) => `newel.text.${document.body.dataset.me}.${id}.${pane}`;
const note = (text) => { const place = document.querySelector("[data-saved]"); if (place) place.textContent = text; };
const area = (pane) => composer()?.querySelector(`[data-pane="${pane}"] textarea`);

let storing = false;

// The files of the reply, by their ids; the draft is the text with them.
let chosen = null;
const files = () => chosen?.ready.map((one) => one.id) ?? [];
const written = () => JSON.stringify([area("reply")?.value ?? "", files()]);

async function saveDraft() {
  const text = area("reply")?.value;
  const now = written();
  if (storing || text === undefined || now === saved || !token()) return;
  storing = true;
  const values = [["token", token()], ["text", text], ...files().map((one) => ["attachments", one])];
  const answer = await send(`/desk/${id}/draft`, values).catch(() => null);
  storing = false;
  if (answer?.ok) {
    saved = now;
    note(text.trim() || files().length ? gettext("Saved") : "");
    if (written() !== now) saveDraft();
  } else note(gettext("Kept in this browser; not saved yet"));
}

function typed(event) {
  const pane = event.target.closest("[data-pane]")?.dataset.pane;
  if (!pane || !event.target.matches("textarea")) return;
  sessionStorage.setItem(kept(pane), event.target.value);
  if (pane === "reply") {
    clearTimeout(saving);
    saving = setTimeout(saveDraft, SAVE_MS);
  }
  complete(event.target);
  typing();
}
document.addEventListener("input", typed);

function restore() {
  for (const pane of ["reply", "note", "answer"]) {
    const place = area(pane);
    const text = sessionStorage.getItem(kept(pane));
    if (place && pane === "reply") attach(place);
    if (place && text !== null && text !== place.value && text.trim()) place.value = text;
  }
  if (area("reply") && written() !== saved) saveDraft();
}

// The files of one form: chosen by its button, pasted into its text, or dropped on its zone.
function chooser(form, { place, zone, onChange = () => {} }) {
  const made = new Chosen({
    list: form.querySelector("[data-chosen]"),
    problem: form.querySelector("[data-chosen-problem]"),
    most: Number(form.dataset.most),
    bytes: Number(form.dataset.bytes),
    path: `/api/v1/attachments?case_id=${id}`,
    field: "attachments",
    headers: () => ({ "X-Newel-CSRF": csrf() }),
    discard: (one) => { fetch(`/api/v1/attachments/${one}`, { method: "DELETE", headers: { "X-Newel-CSRF": csrf() } }).catch(() => {}); },
    onChange,
  });
  choosing(made, { button: form.querySelector("[data-attach]"), input: form.querySelector("[data-files]"), area: place, zone });
  return made;
}

function attach(place) {
  const form = place.form;
  chosen = null;
  saved = JSON.stringify([place.value, JSON.parse(form.dataset.attached).map((one) => one.id)]);
  const onChange = () => { if (chosen === made) { clearTimeout(saving); saving = setTimeout(saveDraft, SAVE_MS); } };
  const made = chooser(form, { place, zone: form.closest("[data-composer]"), onChange });
  made.restore(JSON.parse(form.dataset.attached));
  chosen = made;
}

// The last message of a case carries files as any other.
const ending = document.querySelector("#resolve form");
const last = ending ? chooser(ending, { place: ending.elements.reply, zone: ending }) : null;
const filesOf = (form) => (form && form === ending ? last : form?.dataset?.pane === "reply" ? chosen : null);
document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request?.form === ending && ctx.response && ctx.response.status < 400) last?.clear();
});

// What is still on its way, or was not taken, does not go out unnoticed.
document.addEventListener("htmx:config:request", (event) => {
  const carried = filesOf(event.detail.ctx.request?.form);
  if (!carried?.busy && !carried?.failed) return;
  event.preventDefault();
  carried.say(carried.busy ? gettext("A file is still on its way; send in a moment.") : gettext("Remove the file that could not be taken, then send."));
});

// A second press comes when the first has been taken and the text is gone: nothing is no message.
document.addEventListener("htmx:config:request", (event) => {
  const { form } = event.detail.ctx.request ?? {};
  if (form?.dataset?.pane !== "reply" || area("reply")?.value.trim() || files().length) return;
  event.preventDefault();
  area("reply")?.focus();
});

// Pressed twice, or sent again because no answer came, it is one message: the same words go under the same
// key, other words and what comes after it under the next.
function renew(key) {
  const [base, door, turn = "0"] = key.value.split("-");
  key.value = `${base}-${door}-${Number(turn) + 1}`;
  delete key.dataset.of;
}
document.addEventListener("submit", (event) => {
  const key = event.target.querySelector?.("[data-once]");
  if (!key) return;
  const said = [...new FormData(event.target)].filter(([name]) => ["text", "reply"].includes(name));
  const now = JSON.stringify([said, (filesOf(event.target)?.ready ?? []).map((one) => one.id)]);
  if (key.dataset.of !== undefined && key.dataset.of !== now) renew(key);
  key.dataset.of = now;
}, true);
document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  const key = ctx.request?.form?.querySelector?.("[data-once]");
  if (key && ctx.response && ctx.response.status < 400) renew(key);
});

function choose(tab) {
  const root = composer();
  if (!root) return;
  for (const one of root.querySelectorAll("[role=tab]")) one.setAttribute("aria-selected", String(one.dataset.tab === tab));
  for (const pane of root.querySelectorAll("[data-pane]")) pane.hidden = pane.dataset.pane !== tab;
  area(tab)?.focus();
}
document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-tab]");
  if (tab) choose(tab.dataset.tab);
  const insert = event.target.closest("[data-insert]");
  if (insert) put(insert.dataset.source ? `“${insert.dataset.insert}”\n(${insert.dataset.source})` : insert.dataset.insert);
});

function put(text) {
  const place = area("reply") ?? area("answer") ?? area("note");
  if (!place) return;
  choose(place.closest("[data-pane]").dataset.pane);
  const before = place.value.slice(0, place.selectionStart);
  place.setRangeText(before && !before.endsWith("\n") ? `\n\n${text}` : text, place.selectionStart, place.selectionEnd, "end");
  place.dispatchEvent(new Event("input", { bubbles: true }));
  place.focus();
}

// What somebody may offer goes into the reply once the house has taken down that it was used.
document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  const text = ctx.request?.form?.dataset?.puts;
  if (text && ctx.response && ctx.response.status < 400) put(text);
});

// A form of the composer was taken: its text is gone from here too.
document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  const form = ctx.request?.form;
  const pane = form instanceof HTMLFormElement ? form.dataset.pane : null;
  if (!pane || !ctx.response || ctx.response.status >= 400) return;
  clearTimeout(saving);
  sessionStorage.removeItem(kept(pane));
  form.reset();
  const place = form.querySelector("textarea");
  place.value = "";
  if (pane === "reply") {
    chosen?.clear();
    saved = written();
  }
  note("");
  place.blur();
  pinned = true;
});

document.addEventListener("sent", (event) => {
  const seconds = event.detail.value ?? event.detail;
  toast(ngettext("Leaves in %(num)s second.", "Leaves in %(num)s seconds.", seconds), { act: gettext("Take it back"), seconds, onAct: () => document.querySelector('.bubble form [data-keys="u"]')?.click() });
});

// Taken back: the text is the draft again; what was begun meanwhile stands below it.
document.addEventListener("taken_back", async () => {
  const begun = area("reply")?.value ?? "";
  sessionStorage.removeItem(kept("reply"));
  await window.htmx.ajax("GET", `/desk/${id}/composer`, { target: "[data-composer]", swap: "outerHTML" });
  const place = area("reply");
  if (!place) return;
  if (begun.trim() && begun !== place.value) put(begun);
  choose("reply");
});

document.getElementById("save-text")?.addEventListener("opened", (event) => {
  event.target.querySelector("[data-body]").value = area("reply")?.value ?? "";
});

// — Who else looks: a word every five seconds, and at once when somebody begins to type. —
const WORD_MS = 5000;
const IDLE_MS = 4000;
let doing = "viewing";
let idle = 0;

let saying = false;
let again = false;

// One word at a time: to a server that is slow nothing is said twice, and the newest afterwards.
async function say(word = doing, more = {}) {
  if (!id || document.hidden) return;
  if (saying && word !== "gone") { again = true; return; }
  saying = true;
  await send(`/desk/${id}/viewing`, { doing: word }, { headers: { "X-Newel-Background": "1" }, ...more }).catch(() => null);
  saying = false;
  if (again) { again = false; say(); }
}

function typing() {
  clearTimeout(idle);
  idle = setTimeout(() => { doing = "viewing"; say(); }, IDLE_MS);
  if (doing !== "typing") { doing = "typing"; say(); }
}

if (id) {
  say();
  setInterval(() => say(), WORD_MS);
  window.addEventListener("pagehide", () => say("gone", { keepalive: true }));
  document.addEventListener("visibilitychange", () => (document.hidden ? send(`/desk/${id}/viewing`, { doing: "gone" }, { keepalive: true, headers: { "X-Newel-Background": "1" } }).catch(() => null) : say()));
}

// — The customer types: said for some seconds, and nothing is asked for. —
const TYPES_MS = 5000;
let types = 0;
document.addEventListener("newel:changed", (event) => {
  const shown = document.getElementById("customer-typing");
  if (!shown || !event.detail.has(`typing:${id}`)) return;
  shown.hidden = false;
  clearTimeout(types);
  types = setTimeout(() => { const later = document.getElementById("customer-typing"); if (later) later.hidden = true; }, TYPES_MS);
});

// — Time spent: while the case is open and looked at. —
const SPENT = `newel.spent.${id}`;
if (id) {
  setInterval(() => {
    if (document.hidden || !box()?.hasAttribute("data-mine")) return;
    const spent = Number(sessionStorage.getItem(SPENT) || 0) + 1;
    sessionStorage.setItem(SPENT, spent);
    const field = document.querySelector("[data-spent]");
    if (field) field.value = spent;
    const shown = document.querySelector("[data-spent-shown]");
    if (shown) shown.textContent = left(spent);
  }, 1000);
}

// — Dialogs: the queue's fields only for the queue; times of a snooze in the person's own zone. —
document.addEventListener("change", (event) => {
  const form = event.target.closest("#transfer form");
  if (form) form.querySelector("[data-queue-only]").hidden = form.elements.login.value !== "";
});

function until(choice, form) {
  if (choice === "at") {
    const shown = Date.parse(`${form.querySelector("[data-until-at]").value}Z`);
    return Number.isNaN(shown) ? new Date(shown) : whenShown(shown);
  }
  if (choice === "tomorrow" || choice === "monday") {
    const shown = onTheWall(Date.now());
    shown.setUTCDate(shown.getUTCDate() + (choice === "tomorrow" ? 1 : ((8 - shown.getUTCDay()) % 7) || 7));
    shown.setUTCHours(9, 0, 0, 0);
    return whenShown(shown.getTime());
  }
  return new Date(Date.now() + Number(choice) * 60000);
}
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-until]");
  if (!button) return;
  const when = until(button.dataset.until, button.form);
  if (Number.isNaN(when.getTime())) {
    event.preventDefault();
    const place = button.form.querySelector("[data-until-at]");
    place.setCustomValidity(gettext("Say until when."));
    place.reportValidity();
    place.setCustomValidity("");
    return;
  }
  button.form.elements.until.value = when.toISOString();
}, true);

let known = composer();
function settled() {
  if (composer() !== known) {
    known = composer();
    restore();
  }
  markSeen();
  keepRevealed(document);
  if (pinned) toEnd();
  showTimes();
}
document.addEventListener("htmx:after:swap", settled);
restore();
settled();
