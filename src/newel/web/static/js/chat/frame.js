// The page's way to the site around it: only our own host is told anything, and only it is heard.
// Without a host (the page stands alone) this browser keeps what is kept.
const host = document.body.dataset.host;
const framed = window.parent !== window && host !== "";
const PASS = `newel.chat.pass.${document.body.dataset.site}`;
const waiting = [];
let given = null;

export const frame = { framed, opened: !framed, onOpened: () => {} };

function post(message) {
  if (framed) window.parent.postMessage({ newel: "chat", ...message }, host);
}

function local(action) {
  try { return action(window.localStorage); } catch { return null; }
}

if (framed) {
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== host || event.data?.newel !== "host") return;
    const { kind } = event.data;
    if (kind === "start") {
      given = { identity: String(event.data.identity ?? ""), kept: String(event.data.kept ?? "") };
      waiting.splice(0).forEach((done) => done(given));
    } else if (kind === "opened" || kind === "closed") {
      frame.opened = kind === "opened";
      frame.onOpened(frame.opened, Boolean(event.data.focus));
    }
  });
}

// What the host knows of the visitor: asked again when a pass has run out.
export function start() {
  if (!framed) return Promise.resolve({ identity: "", kept: local((store) => store.getItem(PASS)) ?? "" });
  given = null;
  const asked = new Promise((done) => { waiting.push(done); });
  post({ kind: "ready" });
  return asked;
}

export function keep(token) {
  if (framed) post({ kind: "keep", token });
  else local((store) => store.setItem(PASS, token));
}

export const close = () => post({ kind: "close" });
export const unread = (count) => post({ kind: "unread", count });
