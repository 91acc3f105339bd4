// One stream for the page. A region says which topics it shows (data-live="queue case:…"); when one of
// them changed, the region hears "live" and asks for itself again. The page carries the mark of the moment
// before it was read, each event its own: a new connection names the last one and begins with what
// changed since, or with "resync" where that cannot be told: then everything is asked for.
const BEHIND_MS = 20000;
const BACK_OFF = [250, 500, 1000, 2000, 5000];
let source = null;
let open = "";
let tries = 0;
let timer = 0;
let mark = document.body.dataset.mark || "";

const regions = () => [...document.querySelectorAll("[data-live]")];
const of = (region) => region.dataset.live.split(/\s+/).filter(Boolean);
const topics = () => [...new Set(regions().flatMap(of))].sort();

function tell(region) {
  window.htmx.trigger(region, "live");
}

const address = (asked) => `/live?${new URLSearchParams([["since", mark], ...asked.map((one) => ["topic", one])])}`;

function changed(event) {
  const now = new Set(JSON.parse(event.data));
  document.dispatchEvent(new CustomEvent("newel:changed", { detail: now }));
  for (const region of regions()) if (of(region).some((topic) => now.has(topic))) tell(region);
}

// Numbers, bell and banner; they are asked for even where nothing is heard.
function frame() {
  const shown = document.getElementById("frame");
  if (shown) tell(shown);
}

function lost(on) {
  const bar = document.getElementById("lost");
  if (bar) bar.hidden = !on;
}

function connect() {
  clearTimeout(timer);
  const asked = topics();
  const former = source;
  open = asked.join(" ");
  if (!asked.length || document.hidden) {
    source = null;
    former?.close();
    return;
  }
  const stream = new EventSource(address(asked));
  source = stream;
  const hears = (then) => (event) => {
    if (source === stream) mark = event.lastEventId; // a former one speaks of fewer topics
    former?.close();
    tries = 0;
    lost(false);
    then(event);
  };
  stream.addEventListener("resync", hears(() => regions().forEach(tell)));
  stream.addEventListener("changed", hears(changed));
  stream.onerror = () => {
    if (source !== stream) return;
    stream.close();
    former?.close();
    source = null;
    if (tries > 1) {
      lost(true);
      frame(); // whose session has ended is led to the sign-in by it
    }
    timer = setTimeout(connect, BACK_OFF[Math.min(tries++, BACK_OFF.length - 1)]);
  };
}

function again() {
  if (topics().join(" ") !== open) connect();
}

document.addEventListener("visibilitychange", connect);
document.addEventListener("htmx:after:swap", () => { clearTimeout(timer); timer = setTimeout(again, 50); });
// A tab behind others hears nothing; its title still tells how much waits, a little later.
setInterval(() => { if (document.hidden) frame(); }, BEHIND_MS);
window.addEventListener("pagehide", () => source?.close());
window.addEventListener("online", connect);
connect();
