// The review desk: the scorecard by number keys, its score as it stands, and no verdict on what was not yet seen.
const SETTLES_MS = 300;
const KEYS = { 1: "met", 2: "partly", 3: "missed", 0: "not_asked" };
const WORTH = { met: 1, partly: 0.5, missed: 0 };
const place = document.getElementById("review");
let ready = 0;
let at = "";

const sheet = () => document.getElementById("sheet");
const form = () => document.getElementById("verdict");
const questions = () => [...(form()?.querySelectorAll(".criterion:not(:disabled)") ?? [])];
const answer = (question) => question.querySelector("input:checked")?.value;
const typing = (target) => target.closest?.("input:not([type=radio]), textarea, select");

function move(question) {
  for (const one of questions()) one.toggleAttribute("data-at", one === question);
  (question?.querySelector("input:checked") ?? question?.querySelector("input"))?.focus({ preventScroll: true });
  question?.scrollIntoView({ block: "nearest" });
}

function current() {
  const all = questions();
  return all.find((one) => one.hasAttribute("data-at")) ?? all[0];
}

function step(by) {
  const all = questions();
  move(all[Math.max(0, Math.min(all.length - 1, all.indexOf(current()) + by))]);
}

function put(question, mark) {
  const input = question?.querySelector(`input[value="${mark}"]`);
  if (!input) return false;
  input.checked = true;
  weigh();
  return true;
}

// The same sum as the server's: a critical question that is missed fails the whole.
function weigh() {
  const all = questions();
  if (!all.length) return;
  let whole = 0;
  let got = 0;
  let failed = false;
  for (const one of all) {
    const mark = answer(one);
    const missed = mark === "missed";
    one.toggleAttribute("data-missed", missed);
    if (missed && "critical" in one.dataset) failed = true;
    if (mark in WORTH) {
      whole += Number(one.dataset.weight);
      got += Number(one.dataset.weight) * WORTH[mark];
    }
  }
  const value = failed ? 0 : whole ? got / whole : 0;
  const done = all.every(answer) && whole > 0;
  const passed = done && value + 1e-9 >= Number(form().dataset.pass);
  const out = document.getElementById("score");
  out.textContent = whole || failed ? `${Math.round(value * 100)} %` : "–";
  if (done) out.dataset.passed = String(passed);
  else delete out.dataset.passed;
  for (const button of sheet().querySelectorAll("[data-needs-pass]")) button.disabled = done && !passed;
}

function correct(on) {
  sheet().toggleAttribute("data-editing", on);
  sheet().querySelector(".correcting").hidden = !on;
  if (on) form().elements.text.focus();
}

place.addEventListener("change", (event) => {
  const question = event.target.closest(".criterion");
  if (question) { move(question); weigh(); }
});
place.addEventListener("click", (event) => {
  if (event.target.closest("[data-correct]")) correct(true);
});
document.addEventListener("keydown", (event) => {
  if (!sheet() || event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && sheet().hasAttribute("data-editing") && event.target.name === "text") { correct(false); return; }
  if (localStorage.getItem("newel.keys-off") === "1" || typing(event.target)) return;
  if (event.key in KEYS) {
    if (put(current(), KEYS[event.key])) step(1);
  } else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  else if (event.key === "m") for (const one of questions()) { if (!answer(one)) put(one, "met"); }
  else return;
  event.preventDefault();
}, true);

// One verdict at a time; a new case takes a moment before a key decides on it. Whoever returns says why.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-decides]");
  if (!button) return;
  const remark = form()?.elements.remark;
  if ("needsRemark" in button.dataset) {
    const to = sheet().querySelector(".returning");
    if (to) to.hidden = false;
    if (!remark.value.trim()) { event.preventDefault(); event.stopImmediatePropagation(); remark.focus(); return; }
  }
  const open = questions().find((one) => !answer(one));
  if (open) { event.preventDefault(); event.stopImmediatePropagation(); move(open); return; }
  if (performance.now() < ready) { event.preventDefault(); event.stopImmediatePropagation(); }
  else if (form().checkValidity()) ready = performance.now() + 10000;
}, true);
for (const name of ["htmx:response:error", "htmx:error"]) document.addEventListener(name, () => { ready = 0; });

function arrived() {
  const now = sheet()?.dataset.review ?? "";
  if (now === at) return;
  at = now;
  ready = performance.now() + SETTLES_MS;
  weigh();
  document.getElementById("sheet-title")?.focus({ preventScroll: true });
  const first = questions()[0];
  first?.toggleAttribute("data-at", true);
  sheet()?.scrollIntoView({ block: "start" });
}
document.addEventListener("htmx:after:swap", arrived);
arrived();
