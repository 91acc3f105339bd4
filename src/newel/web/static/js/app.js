// What every page has: forms and errors, toasts, dialogs, shortcuts, times, the palette, the live stream.
import { toast, later } from "./toast.js";
import { gettext } from "./words.js";
import "./time.js";
import "./keys.js";
import "./palette.js";
import "./live.js";
import "./counts.js";
import "./focus.js";
import "./notices.js";

const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? "";

document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request.method !== "GET") ctx.request.headers["X-Newel-CSRF"] = csrf();
  if (ctx.sourceEvent?.type === "live") ctx.request.headers["X-Newel-Background"] = "1";
});

// What is sent twice by an impatient finger is sent once: as long as it is under way, and until its answer leads away.
let underWay = new WeakSet();
const sender = (ctx) => ctx.request?.form ?? ctx.sourceElement;
document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request.method === "GET") return;
  if (underWay.has(sender(ctx))) { event.preventDefault(); return; }
  underWay.add(sender(ctx));
  queueMicrotask(() => { if (event.defaultPrevented) underWay.delete(sender(ctx)); });
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (!ctx.response?.headers?.get?.("HX-Redirect")) underWay.delete(sender(ctx));
});
window.addEventListener("pageshow", (event) => { if (event.persisted) underWay = new WeakSet(); });

// An error is told, and nothing on the page is thrown away for it.
document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceEvent?.type === "live" && (ctx.response.status >= 500 || ctx.response.status === 401)) return;
  let said = gettext("This did not work. Try again.");
  try {
    const problem = JSON.parse(ctx.text);
    said = problem.errors?.length ? problem.errors.map((e) => e.message).join(" ") : problem.detail || said;
  } catch { /* not a problem document */ }
  toast(said, { bad: true });
});

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx && event.detail.ctx.sourceEvent?.type !== "live") toast(gettext("The server cannot be reached. What you typed is kept."), { bad: true });
});

// Who signs out leaves nothing behind in this tab for whoever sits down next.
document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.request?.action === "/sign-out" && ctx.response?.status === 200) sessionStorage.clear();
});

document.addEventListener("toast", (event) => toast(event.detail.value ?? event.detail));
document.addEventListener("toast_next", (event) => later(event.detail.value ?? event.detail));
document.addEventListener("theme", (event) => { document.documentElement.dataset.theme = event.detail.value ?? event.detail; });

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog && !dialog.open) { dialog.showModal(); dialog.dispatchEvent(new CustomEvent("opened")); }
  }
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close();
});

// A form in a dialog closes it once it has been taken.
document.addEventListener("htmx:finally:request", (event) => {
  const { ctx } = event.detail;
  const form = ctx.request?.form;
  if (ctx.response && ctx.response.status < 400 && form) {
    if (form.hasAttribute("data-resets")) form.reset();
    if (form.hasAttribute("data-closes-after")) form.closest("dialog")?.close();
  }
});

// On a phone the menu is longer than the screen: begin where one is.
document.querySelector(".rail [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// htmx would take the page in hand a moment later, and a key pressed in between would send its form
// as a plain one, with what was typed in the address. From here on every form is a live one.
htmx.process(document.body);
