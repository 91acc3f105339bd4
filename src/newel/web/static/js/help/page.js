// Every help page: forms act for the visitor whom this browser knows from the chat, and a search answers
// while it is typed.
const { site } = document.body.dataset;
const KEPT = `newel.chat.pass.${site}`;
const WAIT = 250;

export function kept() {
  try { return localStorage.getItem(KEPT) ?? ""; } catch { return ""; }
}

export function keep(token) {
  try { localStorage.setItem(KEPT, token); } catch { /* for this page only then */ }
}

// What a form of these pages is told of its visitor.
export function known(token) {
  for (const field of document.querySelectorAll("input[name='kept']")) field.value = token;
  for (const link of document.querySelectorAll("[data-kept]")) link.hidden = !token;
}

// A part of a page: nothing when it could not be had.
export async function piece(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: { "HX-Request": "true", Accept: "text/html" }, credentials: "omit", cache: "no-store" });
  return answer.ok ? answer.text() : "";
}

export function show(place, html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  place.replaceChildren(made.content);
}

// A form is sent once, however often its button is pressed; whoever comes back may send again.
function once(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    setTimeout(() => { if (!event.defaultPrevented) form.dataset.sent = "1"; });
  });
  window.addEventListener("pageshow", () => { delete form.dataset.sent; });
}

function searching(form) {
  const field = form.querySelector("#q");
  const found = document.getElementById("found");
  const topics = document.getElementById("topics");
  let asked = field.value.trim();
  let timer = 0;
  let under = null;

  async function ask() {
    const text = field.value.trim();
    if (text === asked) return;
    asked = text;
    under?.abort();
    under = new AbortController();
    const place = new URL(location.href);
    if (text) place.searchParams.set("q", text); else place.searchParams.delete("q");
    place.searchParams.delete("topic");
    history.replaceState(null, "", place);
    if (topics) topics.hidden = Boolean(text);
    found.setAttribute("aria-busy", "true");
    try {
      const html = await piece(place, { signal: under.signal });
      if (text === asked) { show(found, text ? html : ""); found.setAttribute("aria-busy", "false"); }
    } catch (error) {
      if (error.name !== "AbortError") { asked = ""; found.setAttribute("aria-busy", "false"); }
    }
  }

  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  form.addEventListener("submit", (event) => {
    if (!field.value.trim()) { event.preventDefault(); field.focus(); return; }
    if (topics) { event.preventDefault(); clearTimeout(timer); ask(); }
  });
}

known(kept());
for (const form of document.querySelectorAll("form[method='post']")) once(form);
const search = document.getElementById("search");
if (search) searching(search);
