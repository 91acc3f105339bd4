import { ngettext } from "./words.js";
// Several cases of the list: x chooses the one at hand, shift+x all up to it. What is chosen outlives the
// list, which is drawn anew whenever something changes; what has left the list is chosen no more.
const chosen = new Map();
let last = "";
let shifted = false;

const rows = () => [...document.querySelectorAll(".desk-list .pickable")];
const pick = (row) => row.querySelector(".row-pick");
const caseOf = (row) => row.querySelector("[data-case]").dataset.case;
const named = (row) => pick(row).dataset.name;
document.addEventListener("keydown", (event) => { shifted = event.shiftKey; }, true);
document.addEventListener("pointerdown", (event) => { shifted = event.shiftKey; }, true);

function atHand() {
  const focused = document.activeElement?.closest(".pickable");
  return focused ?? document.querySelector('.pickable [aria-current="true"]')?.closest(".pickable") ?? rows()[0];
}

function choose(row, on) {
  if (on) chosen.set(caseOf(row), named(row));
  else chosen.delete(caseOf(row));
}

function toggle(row) {
  if (!row) return;
  const all = rows();
  const from = shifted ? all.findIndex((one) => caseOf(one) === last) : -1;
  if (from >= 0) {
    const [first, end] = [from, all.indexOf(row)].sort((a, b) => a - b);
    for (const one of all.slice(first, end + 1)) choose(one, true);
  } else choose(row, !chosen.has(caseOf(row)));
  last = caseOf(row);
  show();
}

function show() {
  const here = new Set(rows().map(caseOf));
  for (const id of chosen.keys()) if (!here.has(id)) chosen.delete(id);
  for (const row of rows()) {
    pick(row).checked = chosen.has(caseOf(row));
    pick(row).hidden = chosen.size === 0;
    row.classList.toggle("picked", pick(row).checked);
  }
  const bar = document.getElementById("bulk");
  if (!bar) return;
  bar.hidden = chosen.size === 0;
  bar.querySelector("[data-bulk-n]").textContent = ngettext("%(num)s chosen", "%(num)s chosen", chosen.size);
}

function none() {
  chosen.clear();
  show();
}

document.addEventListener("click", (event) => {
  const picks = event.target.closest("[data-picks]");
  if (picks) picks.dataset.picks === "none" ? none() : toggle(atHand());
});
// The tags in use are fetched when somebody first wants to choose from them.
document.addEventListener("focusin", (event) => {
  if (event.target.matches('[list="tags-known"]')) document.dispatchEvent(new CustomEvent("tags_wanted"));
});
document.addEventListener("change", (event) => {
  if (event.target.matches(".row-pick")) toggle(event.target.closest(".pickable"));
});

// What became of them: names for those who were left, and nothing to read when all was done.
function told() {
  const place = document.getElementById("several-told");
  for (const link of place.querySelectorAll("[data-names]")) {
    link.textContent = chosen.get(link.dataset.names) ?? link.textContent;
    link.removeAttribute("data-names");
  }
  const dialog = document.getElementById("several-dialog");
  if (place.querySelector(".fails") && !dialog.open) dialog.showModal();
}

document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  if (!ctx.request?.action?.includes("/desk/several/") || ctx.response?.status !== 200) return;
  setTimeout(() => { told(); none(); });
});
document.addEventListener("htmx:after:swap", show);
show();
