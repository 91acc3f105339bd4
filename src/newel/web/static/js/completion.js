// What is offered while one types: saved texts after / at the beginning of a line, colleagues after @.
let found = [];
let at = 0;
let from = 0;
let texts = null;

const caseOf = (place) => place.closest("[data-composer]").dataset.case;
const list = (place) => place.closest("[data-pane]").querySelector("[data-completion]");
const before = (place) => place.value.slice(0, place.selectionStart);

async function saved(place) {
  texts ??= await fetch(`/desk/${caseOf(place)}/macros`, { headers: { accept: "application/json" } }).then((r) => (r.ok ? r.json() : [])).catch(() => null);
  return (texts ?? []).map((one) => ({ name: `/${one.name}`, text: one.text, put: one.text }));
}

// Whom one may ask, one may name as well.
function colleagues() {
  const all = [...document.querySelectorAll("#ask [name=login] option")];
  return all.map((one) => ({ name: `@${one.value}`, text: one.textContent, put: `@${one.value} ` }));
}

const SOURCES = {
  macros: { begun: /(?:^|\n)(\/(\S*))$/, all: saved },
  mentions: { begun: /(?:^|\s)(@([\w.-]*))$/, all: colleagues },
};
const sourceOf = (place) => SOURCES[Object.keys(SOURCES).find((kind) => kind in place.dataset)];

export async function complete(place) {
  const source = sourceOf(place);
  if (!source?.begun.test(before(place))) return close(place);
  const all = await source.all(place);
  const asked = source.begun.exec(before(place)); // typing goes on while the texts are fetched
  if (!asked) return close(place);
  const word = asked[2].toLowerCase();
  found = all.filter((one) => one.name.toLowerCase().includes(word) || one.text.toLowerCase().includes(word)).slice(0, 8);
  from = place.selectionStart - asked[1].length;
  at = 0;
  draw(place);
}

function draw(place) {
  const shown = list(place);
  shown.hidden = !found.length;
  shown.replaceChildren(...found.map((one, n) => {
    const item = document.createElement("li");
    item.id = `${shown.id}-${n}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(n === at));
    const name = document.createElement("strong");
    name.textContent = one.name;
    const text = document.createElement("span");
    text.className = "small truncate";
    text.textContent = one.text;
    item.append(name, text);
    item.addEventListener("mousedown", (event) => { event.preventDefault(); take(place, n); });
    return item;
  }));
  place.setAttribute("aria-activedescendant", found.length ? `${shown.id}-${at}` : "");
}

function close(place) {
  found = [];
  const shown = list(place);
  if (shown) shown.hidden = true;
  place.removeAttribute("aria-activedescendant");
}

function take(place, n) {
  place.setRangeText(found[n].put, from, place.selectionStart, "end");
  close(place);
  place.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("macros", () => { texts = null; });
document.addEventListener("focusout", (event) => { if (event.target.matches?.("[data-macros], [data-mentions]")) close(event.target); });
document.addEventListener("keydown", (event) => {
  const place = event.target;
  if (!place.matches?.("textarea")) return;
  if (!found.length) {
    if (event.key === "Escape") place.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey) return close(place);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) at = (at + step + found.length) % found.length;
  else if (event.key === "Enter" || event.key === "Tab") take(place, at);
  else if (event.key === "Escape") close(place);
  else return;
  event.preventDefault();
  event.stopPropagation();
  if (found.length) draw(place);
}, true);
