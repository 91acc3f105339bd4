// Ctrl-K: every link and act of the page that has a name, and what the server finds for the words.
const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const list = document.getElementById("palette-list");
const WAIT_MS = 150;
let chosen = 0;
let timer = 0;
let asked = "";

function acts() {
  const named = [...document.querySelectorAll("[data-keys-label], [data-act-label]")];
  return named
    .filter((e) => !dialog.contains(e) && e.getClientRects().length && e.dataset.opens !== "palette")
    .map((e) => ({ label: e.dataset.keysLabel || e.dataset.actLabel, hint: e.dataset.keys || "", run: () => (e.matches("input, textarea, select") ? e.focus() : e.click()) }));
}

const matches = (label, words) => words.every((w) => label.toLowerCase().includes(w));

function option({ label, hint, run }, i) {
  const item = document.createElement("li");
  item.id = `palette-${i}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", String(i === chosen));
  const text = document.createElement("span");
  text.textContent = label;
  const note = document.createElement("span");
  note.className = "hint";
  note.textContent = hint;
  item.append(text, note);
  item.addEventListener("click", () => { dialog.close(); run(); });
  return item;
}

let shown = [];
function draw(found = []) {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  shown = [...acts().filter((a) => matches(a.label, words)), ...found].slice(0, 12);
  chosen = Math.min(chosen, Math.max(shown.length - 1, 0));
  list.replaceChildren(...shown.map(option));
  input.setAttribute("aria-activedescendant", shown.length ? `palette-${chosen}` : "");
}

async function search() {
  const words = input.value.trim();
  if (words.length < 2 || words === asked || !dialog.dataset.finds) return;
  asked = words;
  const answer = await fetch(`${dialog.dataset.finds}?q=${encodeURIComponent(words)}`, { headers: { accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || input.value.trim() !== words) return;
  const found = await answer.json();
  draw(found.map(({ label, hint, path }) => ({ label, hint, run: () => { location.href = path; } })));
}

if (dialog) {
  dialog.addEventListener("opened", () => { input.value = ""; chosen = 0; asked = ""; draw(); input.focus(); });
  input.addEventListener("input", () => { chosen = 0; draw(); clearTimeout(timer); timer = setTimeout(search, WAIT_MS); });
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    if (shown[chosen]) { dialog.close(); shown[chosen].run(); }
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !shown.length) return;
    event.preventDefault();
    chosen = (chosen + step + shown.length) % shown.length;
    [...list.children].forEach((e, i) => e.setAttribute("aria-selected", String(i === chosen)));
    input.setAttribute("aria-activedescendant", `palette-${chosen}`);
  });
}
