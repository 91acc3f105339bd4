// Newel's chat for a site: <script src="https://newel.example/chat.js" data-site="shop" defer></script>
// Adds a launcher and a frame. Nothing else of the page is touched; it needs script-src and frame-src
// for this origin, and no inline style or script. data-identity: who is signed in; data-language: which
// language, else the page's own (docs/chat.md).
(() => {
  const me = document.currentScript;
  if (!me || window.newelChat) return;
  const newel = new URL(me.src).origin;
  const site = (me.dataset.site || "chat").toLowerCase();
  const told = /* words by language */ {};
  const asked = [me.dataset.language, document.documentElement.lang, ...navigator.languages].map((one) => (one ?? "").split("-")[0].toLowerCase());
  const language = asked.find((one) => one === "en" || told[one]) ?? "";
  const gettext = (text) => told[language]?.[text] ?? text;
  const ngettext = (one, other, num) => {
    const forms = told[language]?.[one];
    const text = forms ? forms[new Intl.PluralRules(language).select(num)] ?? forms.other : num === 1 ? one : other;
    return text.replace("%(num)s", num);
  };
  const label = me.dataset.label || gettext("Chat with us");
  const KEPT = `newel.chat.${site}`;
  const OPEN = `newel.chat.${site}.open`;
  let identity = me.dataset.identity || "";
  let opened = false;
  let ready = false;

  const read = (store, key) => { try { return window[store].getItem(key) || ""; } catch { return ""; } };
  const write = (store, key, value) => { try { window[store].setItem(key, value); } catch { /* this visit only */ } };
  let kept = read("localStorage", KEPT);

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; }
    .launcher { position: fixed; inset-inline-end: 1.25rem; bottom: 1.25rem; z-index: 2147483000; display: inline-flex; align-items: center; gap: .5rem;
      min-height: 3.25rem; padding: 0 1.15rem; border: 0; border-radius: 2rem; background: #0f5f56; color: #fff; box-shadow: 0 6px 24px rgb(0 0 0 / 28%);
      font: 600 1rem/1.2 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; cursor: pointer; }
    .launcher:hover { background: #0c4f48; }
    .launcher:focus-visible { outline: 3px solid #1f6feb; outline-offset: 3px; }
    .launcher svg { width: 1.4rem; height: 1.4rem; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
    .count { display: inline-grid; place-items: center; min-width: 1.4rem; height: 1.4rem; padding: 0 .3rem; border-radius: 1rem; background: #fff; color: #7a1109; font-size: .8rem; font-weight: 700; }
    .panel { position: fixed; inset-inline-end: 1.25rem; bottom: 5.25rem; z-index: 2147483000; width: min(24rem, calc(100vw - 2.5rem)); height: min(40rem, calc(100dvh - 6.5rem));
      border: 1px solid rgb(0 0 0 / 14%); border-radius: 1rem; overflow: hidden; background: Canvas; box-shadow: 0 12px 48px rgb(0 0 0 / 30%); }
    .panel iframe { display: block; width: 100%; height: 100%; border: 0; }
    [hidden] { display: none !important; }
    .quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    @media (prefers-color-scheme: dark) {
      .launcher { background: #3aa596; color: #06211d; } .launcher:hover { background: #57bbad; }
      .panel { border-color: rgb(255 255 255 / 18%); }
    }
    @media (max-width: 30rem) {
      .panel { inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0; }
      .launcher.open { display: none; }
    }
    @media print { .launcher, .panel { display: none; } }`);

  const place = document.createElement("div");
  place.id = "newel-chat";
  if (language) place.lang = language;
  const root = place.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];

  const make = (name, className) => { const made = document.createElement(name); made.className = className; return made; };
  const launcher = make("button", "launcher");
  launcher.type = "button";
  launcher.setAttribute("aria-haspopup", "dialog");
  launcher.setAttribute("aria-expanded", "false");
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", "M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2z");
  picture.append(path);
  const words = make("span", "");
  words.textContent = label;
  const count = make("span", "count");
  count.hidden = true;
  count.setAttribute("aria-hidden", "true");
  launcher.append(picture, words, count);
  const news = make("span", "quiet");
  news.setAttribute("role", "status");
  const panel = make("div", "panel");
  panel.hidden = true;
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", label);
  let frame = null;

  function tell(message) {
    frame?.contentWindow?.postMessage({ newel: "host", ...message }, newel);
  }

  function load() {
    if (frame) return;
    frame = document.createElement("iframe");
    frame.title = label;
    frame.src = `${newel}/chat?site=${encodeURIComponent(site)}&host=${encodeURIComponent(location.origin)}&language=${language}`;
    panel.append(frame);
  }

  function open({ focus = true } = {}) {
    load();
    opened = true;
    panel.hidden = false;
    launcher.classList.add("open");
    launcher.setAttribute("aria-expanded", "true");
    write("sessionStorage", OPEN, "1");
    unread(0);
    if (focus) frame.focus();
    if (ready) tell({ kind: "opened", focus });
    else frame.dataset.focus = focus ? "1" : "";
  }

  function close() {
    if (!opened) return;
    opened = false;
    panel.hidden = true;
    launcher.classList.remove("open");
    launcher.setAttribute("aria-expanded", "false");
    write("sessionStorage", OPEN, "");
    tell({ kind: "closed" });
    launcher.focus();
  }

  function unread(n) {
    const before = count.textContent;
    count.hidden = n === 0;
    count.textContent = n ? String(n > 99 ? "99+" : n) : "";
    launcher.setAttribute("aria-label", n ? `${label}: ${ngettext("%(num)s new message in the chat", "%(num)s new messages in the chat", n)}` : label);
    if (n && count.textContent !== before) news.textContent = ngettext("%(num)s new message in the chat", "%(num)s new messages in the chat", n);
  }

  window.addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== newel || event.data?.newel !== "chat") return;
    const { kind } = event.data;
    if (kind === "ready") {
      ready = true;
      tell({ kind: "start", identity, kept });
      tell({ kind: opened ? "opened" : "closed", focus: frame.dataset.focus === "1" });
      frame.dataset.focus = "";
    } else if (kind === "keep") {
      kept = String(event.data.token);
      write("localStorage", KEPT, kept);
    } else if (kind === "close") {
      close();
    } else if (kind === "unread" && !opened) {
      unread(Number(event.data.count) || 0);
    }
  });

  launcher.addEventListener("click", () => (opened ? close() : open()));
  root.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });

  window.newelChat = {
    open: () => open(),
    close: () => close(),
    identify(token) { identity = String(token || ""); if (ready) frame.src = String(frame.src); },
  };

  root.append(news, panel, launcher);
  document.body.append(place);
  unread(0);
  if (read("sessionStorage", OPEN)) open({ focus: false });
  else if (kept || identity) {
    if ("requestIdleCallback" in window) window.requestIdleCallback(load); else setTimeout(load, 1000);
  }
})();
