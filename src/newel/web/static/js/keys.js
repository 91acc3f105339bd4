import { gettext } from "./words.js";

// Shortcuts: an element says its keys ("g d", "mod+k", "a"), and pressing them is pressing it.
// Single keys can be turned off (WCAG 2.1.4); none works while somebody types, but for mod+ keys and Escape.
const OFF = "newel.keys-off";
const AFTER_MS = 1200;
// Of a dialog that Enter takes: what means itself when it is pressed there.
const OWN_ENTER = "dialog :is(summary, [data-attach], .chosen-out), dialog footer [data-closes]";
let begun = "";
let timer = 0;

const off = () => localStorage.getItem(OFF) === "1";
const typing = (target) => target.closest?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable=true]");

function named(event) {
  const mod = event.ctrlKey || event.metaKey ? "mod+" : "";
  const shift = event.shiftKey && event.key.length > 1 ? "shift+" : "";
  return mod + shift + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
}

function visible(element) {
  const dialog = document.querySelector("dialog[open]");
  return (!dialog || dialog.contains(element)) && !element.disabled && element.getClientRects().length > 0;
}

function find(keys) {
  return [...document.querySelectorAll(`[data-keys="${CSS.escape(keys)}"]`)].find(visible);
}

function begins(keys) {
  return [...document.querySelectorAll(`[data-keys^="${CSS.escape(keys)} "]`)].some(visible);
}

function press(element) {
  if (element.matches("input:not([type=checkbox]), textarea, select")) element.focus();
  if (!element.matches("input:not([type=checkbox], [type=radio]), textarea, select")) element.click();
}

// A key that is held down presses once: nobody decides ten times by resting a finger.
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey || event.repeat) return;
  const key = named(event);
  if (key === "Enter" && event.target.closest?.(OWN_ENTER)) return;
  const plain = !key.startsWith("mod+");
  if (plain && (typing(event.target) || off())) return;
  const keys = begun ? `${begun} ${key}` : key;
  const element = find(keys) ?? (begun ? find(key) : null);
  clearTimeout(timer);
  if (element) {
    event.preventDefault();
    begun = "";
    press(element);
  } else if (plain && begins(keys)) {
    begun = keys;
    timer = setTimeout(() => { begun = ""; }, AFTER_MS);
  } else begun = "";
});

function caps(keys) {
  const mac = navigator.platform.startsWith("Mac");
  return keys.split(" ").map((k) => k.replace("mod+", mac ? "⌘ " : `${gettext("Ctrl")} `).replace("shift+", `${gettext("Shift")} `).replace("Enter", "↵"));
}

function list() {
  const place = document.querySelector("[data-keys-list]");
  if (!place) return;
  place.replaceChildren();
  for (const element of document.querySelectorAll(NAMED)) {
    if (element.getClientRects().length === 0 || element.closest("#keys-sheet")) continue;
    const keys = document.createElement("dt");
    for (const cap of caps(element.dataset.keys)) {
      const box = document.createElement("kbd");
      box.textContent = cap;
      keys.append(box, " ");
    }
    const label = document.createElement("dd");
    label.textContent = element.dataset.keysLabel;
    place.append(keys, label);
  }
}

// A short name says itself in full, with its keys, to whoever points at it, also where it is asked for anew meanwhile.
const NAMED = "[data-keys][data-keys-label]";
const entitle = (element) => {
  if (element && !element.title) element.title = `${element.dataset.keysLabel} (${caps(element.dataset.keys).join(" ")})`;
};
document.addEventListener("pointerover", (event) => entitle(event.target.closest?.(NAMED)));
document.addEventListener("htmx:after:swap", () => entitle(document.querySelector(`${NAMED}:hover`)));

const sheet = document.getElementById("keys-sheet");
sheet?.addEventListener("opened", list);
// The sheet and the profile say the same: whether single keys count in this browser.
const toggles = [...document.querySelectorAll("[data-keys-off]")];
const shown = () => toggles.forEach((one) => { one.checked = off(); });
for (const one of toggles) {
  one.addEventListener("change", () => {
    localStorage.setItem(OFF, one.checked ? "1" : "0");
    shown();
  });
}
shown();
