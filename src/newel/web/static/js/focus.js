// Whoever works by keyboard keeps their place: where a swap takes away what has the focus, it goes to what stands
// nearest, and not to the page's top. Of a list that is the same item, then the next, then the one before; else the
// heading of the part. An item and a heading take it as a whole: a key pressed twice does nothing twice.
const ITEM = "li, tr, article, dd, [data-item]";
const PART = "dialog, section, aside, form, nav, main";
const HEADING = "h1, h2, h3, h4, legend";
const WRITTEN = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select";
const openers = new WeakMap();
let held = null;
let timer = 0;

const remembered = (node) => ({ node, id: node.id });
const found = ({ node, id }) => (node.isConnected ? node : id ? document.getElementById(id) : null);
const shown = (node) => Boolean(node) && !node.disabled && node.getClientRects().length > 0;
const lost = () => !document.activeElement || document.activeElement === document.body;

function above(node, kind) {
  const all = [];
  for (let one = node.closest(kind); one; one = one.parentElement?.closest(kind)) all.push(one);
  return all;
}

function beside(item) {
  const all = [...item.parentElement.children].filter((one) => one.localName === item.localName);
  const at = all.indexOf(item);
  return [item, ...all.slice(at + 1), ...all.slice(0, at).reverse()];
}

// What stands around an element, the nearest first, while it is still there to be asked.
function place(node) {
  return {
    node,
    near: above(node, ITEM).flatMap(beside).map(remembered),
    parts: above(node, PART).flatMap((part) => (part.localName === "section" ? beside(part) : [part])).map((part) => ({ part: remembered(part), title: part.getAttribute("aria-labelledby") })),
  };
}

function heading({ part, title }) {
  const there = found(part);
  if (there?.localName === "dialog" && !there.open) return landing(openers.get(there));
  const head = (title && document.getElementById(title)) || there?.querySelector(HEADING);
  return shown(head) ? head : null;
}

function landing(from) {
  if (!from) return null;
  if (shown(from.node)) return from.node;
  const near = from.near.map(found).find(shown);
  if (near) return near;
  for (const part of from.parts) {
    const head = heading(part);
    if (head) return head;
  }
  return document.getElementById("main");
}

function settle() {
  const from = held;
  held = null;
  if (!from || !lost()) return;
  if (from.node.matches(WRITTEN) && from.node.isConnected) return; // left on purpose, once it was taken
  const to = landing(from);
  if (!to) return;
  to.focus({ preventScroll: true });
  if (document.activeElement !== to) {
    to.tabIndex = -1;
    to.focus({ preventScroll: true });
  }
  to.scrollIntoView({ block: "nearest" });
}

// A browser notices only as it draws that what had the focus is hidden or cannot be pressed any more.
function soon() {
  clearTimeout(timer);
  requestAnimationFrame(() => { timer = setTimeout(settle); });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog) openers.set(dialog, place(lost() ? opener : document.activeElement));
}, true);
document.addEventListener("close", (event) => {
  held ??= openers.get(event.target) ?? null;
  soon();
}, true);
document.addEventListener("htmx:before:swap", () => {
  if (!lost()) held = place(document.activeElement);
});
document.addEventListener("htmx:after:swap", soon);
