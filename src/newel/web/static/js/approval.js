import { gettext, locale, ngettext } from "./words.js";

// The inbox: edit in place, choose several of one class, and never decide what was not yet seen.
const SETTLES_MS = 300;
const inbox = document.getElementById("inbox");
const sum = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
let ready = 0;

const sheet = () => document.getElementById("sheet");
const form = () => document.getElementById("edit");

// One decision at a time; a new proposal takes a moment before a key decides on it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-decides]");
  if (!button) return;
  if (performance.now() < ready) {
    event.preventDefault();
    event.stopImmediatePropagation();
  } else if (button.form?.checkValidity()) ready = performance.now() + 10000;
}, true);

function edit(on) {
  const at = sheet();
  if (!at) return;
  at.toggleAttribute("data-editing", on);
  if (on) form().elements.text.focus();
  else {
    form().reset();
    weigh();
    at.querySelector('[data-edit="on"]')?.focus();
  }
}

// An amount that nobody here may release says so before it is sent.
function weigh() {
  const amount = form()?.elements.amount;
  if (!amount?.dataset.most) return;
  const says = document.getElementById("amount-says");
  const minor = Math.round(Number(amount.value.replace(",", ".")) * 100);
  const { most, mine, currency } = amount.dataset;
  const shown = (n) => `${sum.format(n / 100)} ${currency}`;
  const mineIsLess = Number(mine) <= Number(most);
  const wrong = !(minor > 0) ? gettext("The amount must be above 0.")
    : minor <= Number(most) ? ""
    : mineIsLess ? gettext("Needs somebody with a limit of %(amount)s or more; yours is %(mine)s.", { amount: shown(minor), mine: shown(mine) })
    : gettext("Above the ceiling: at most %(most)s may be given now.", { most: shown(most) });
  amount.setCustomValidity(wrong);
  says.textContent = wrong;
  says.hidden = !wrong;
  form().querySelector("[data-decides]").disabled = Boolean(wrong);
}

// What is chosen outlives the list: it is drawn anew whenever something changes.
let gathered = "";
const left = new Set();

function gather(kind) {
  gathered = kind;
  left.clear();
  choose();
}

function choose() {
  for (const row of inbox.querySelectorAll(".line-row")) {
    const box = row.querySelector("input");
    box.hidden = !gathered || row.dataset.kind !== gathered;
    box.checked = !box.hidden && !box.disabled && !left.has(box.value);
  }
  for (const button of inbox.querySelectorAll("[data-gathers]")) {
    if (button.dataset.gathers) button.setAttribute("aria-pressed", String(button.dataset.gathers === gathered));
  }
  count();
}

function count() {
  const several = document.getElementById("several");
  if (!several) return;
  const n = inbox.querySelectorAll(".line-pick:checked").length;
  several.hidden = !inbox.querySelector('[data-gathers][aria-pressed="true"]');
  several.querySelector("[data-chosen]").textContent = ngettext("Approve %(num)s together", "Approve %(num)s together", n);
  several.querySelector("[data-decides]").disabled = n === 0;
}

inbox.addEventListener("click", (event) => {
  const switched = event.target.closest("[data-edit]");
  if (switched) edit(switched.dataset.edit === "on");
  const gathers = event.target.closest("[data-gathers]");
  if (gathers) gather(gathers.getAttribute("aria-pressed") === "true" ? "" : gathers.dataset.gathers);
});
inbox.addEventListener("change", (event) => {
  const { target } = event;
  if (target.matches(".line-pick")) {
    if (target.checked) left.delete(target.value);
    else left.add(target.value);
    count();
  }
  if (target.name === "why") target.form.elements.note.required = target.value === "other";
});
inbox.addEventListener("input", (event) => {
  if (event.target.name === "amount") weigh();
});
inbox.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && form()?.contains(event.target)) {
    event.preventDefault();
    edit(false);
  }
});

document.addEventListener("htmx:response:error", () => { ready = 0; });
document.addEventListener("htmx:error", () => { ready = 0; });

let at = sheet()?.dataset.approval;
document.addEventListener("htmx:after:swap", () => {
  if (gathered) choose();
  const now = sheet()?.dataset.approval;
  if (now === at) return;
  at = now;
  ready = performance.now() + SETTLES_MS;
  (document.getElementById("sheet-title") ?? inbox.querySelector("h1"))?.focus({ preventScroll: true });
  sheet()?.scrollIntoView({ block: "start" });
  inbox.querySelector('.line[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
});
