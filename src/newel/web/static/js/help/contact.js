// The contact form: looks at each field when it is left, keeps what was typed, takes files, and offers
// articles while somebody writes. All of it is help: the form works without.
import { Chosen, choosing } from "../attach.js";
import { call, pass, wire } from "../chat/wire.js";
import { gettext } from "../words.js";
import { keep, kept, known, piece, show } from "./page.js";

const { site, language } = document.body.dataset;
const DRAFT = `newel.help.draft.${site}`;
const FILES = `newel.help.files.${site}`;
const FIELDS = ["name", "email", "order", "message"];
const LEAST = 12;
const WAIT = 600;
const at = (id) => document.getElementById(id);
const form = at("contact");
const suggested = at("suggested");

function problem(field) {
  const { validity } = field;
  if (validity.valueMissing || (field.required && !field.value.trim())) return field.dataset.missing;
  return validity.valid ? "" : field.dataset.wrong || field.validationMessage;
}

function look(field) {
  const said = problem(field);
  at(`${field.id}-problem`).textContent = said;
  if (said) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  return !said;
}

function store() {
  const draft = Object.fromEntries(FIELDS.map((name) => [name, at(name).value]));
  try { sessionStorage.setItem(DRAFT, JSON.stringify(draft)); } catch { /* in the fields it stays anyway */ }
}

function restore() {
  try {
    const draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? "{}");
    for (const name of FIELDS) if (!at(name).value) at(name).value = draft[name] ?? "";
    chosen.restore(JSON.parse(sessionStorage.getItem(FILES) ?? "[]"));
  } catch { /* nothing was kept */ }
}

// Uploads are the visitor's: they come in as the chat does, and the form is theirs from then on.
async function comeIn() {
  const given = await call("POST", "/chat/pass", { site, identity: "", kept: kept() });
  wire.pass = given.token;
  if (given.keep) keep(given.token);
  known(given.token);
}
wire.renew = comeIn;
wire.pass = kept() || form.elements.token.value;

function filesChanged() {
  const ready = chosen.ready.map(({ blob, ...listed }) => listed);
  try { sessionStorage.setItem(FILES, JSON.stringify(ready)); } catch { /* in this page only then */ }
  if (waits && !chosen.busy) { waits = false; form.requestSubmit(); }
}

let waits = false;
const chosen = new Chosen({
  list: at("chosen"),
  problem: at("chosen-problem"),
  most: Number(form.dataset.most),
  bytes: Number(form.dataset.bytes),
  path: "/chat/attachments",
  headers: pass,
  field: "attachments",
  renew: comeIn,
  discard: (id) => { call("DELETE", `/chat/attachments/${id}`).catch(() => {}); },
  onChange: filesChanged,
});
choosing(chosen, { button: at("attach"), input: at("files"), area: at("message"), zone: form });
at("files-place").hidden = false;

let timer = 0;
let last = "";
async function suggest() {
  const message = at("message").value.trim();
  if (message === last) return;
  last = message;
  let html = "";
  if (message.length >= LEAST) {
    html = await piece("/help/suggestions", { method: "POST", body: new URLSearchParams({ message, site, language }) }).catch(() => "");
  }
  if (message !== last || suggested.contains(document.activeElement)) return;
  show(suggested, html);
  suggested.hidden = !html.trim();
}

form.noValidate = true;
for (const name of FIELDS) {
  const field = at(name);
  field.addEventListener("blur", () => { if (field.value || field.hasAttribute("aria-invalid")) look(field); });
  field.addEventListener("input", () => { store(); if (field.hasAttribute("aria-invalid")) look(field); });
}
at("message").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(suggest, WAIT); });
form.addEventListener("submit", (event) => {
  const wrong = FIELDS.map(at).filter((field) => !look(field));
  if (wrong.length) { event.preventDefault(); wrong[0].focus(); return; }
  if (chosen.failed) { event.preventDefault(); chosen.say(gettext("Remove the file that could not be taken, then send.")); return; }
  if (chosen.busy) { event.preventDefault(); waits = true; at("sending").textContent = gettext("Waiting for your files …"); return; }
  at("sending").textContent = gettext("Sending …");
});
window.addEventListener("pageshow", () => { at("sending").textContent = ""; });

restore();
store();
history.replaceState(null, "", form.dataset.place); // what is typed from here on counts, also when the page is loaded again
if (at("message").value) suggest();
at("summary")?.focus();
