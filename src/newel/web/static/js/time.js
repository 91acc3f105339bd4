import { gettext, locale } from "./words.js";

// Times in the reader's own zone, and clocks that run down. The server writes UTC; the browser counts.
const SPANS = [[60, "second", 1], [3600, "minute", 60], [86400, "hour", 3600], [Infinity, "day", 86400]];
export const zone = document.documentElement.dataset.zone || undefined; // undefined: the browser's own
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short", timeZone: zone });
const hour = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone: zone });
const day = new Intl.DateTimeFormat(locale, { weekday: "short", hour: "2-digit", minute: "2-digit", timeZone: zone });
const wall = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "medium", timeZone: zone });

function ago(seconds) {
  if (Math.abs(seconds) < 5) return gettext("now");
  const [, unit, size] = SPANS.find(([limit]) => Math.abs(seconds) < limit);
  return relative.format(Math.round(seconds / size), unit);
}

export function left(seconds) {
  const s = Math.abs(Math.trunc(seconds));
  if (s >= 172800) return gettext("%(d)s d", { d: Math.floor(s / 86400) });
  if (s >= 3600) return gettext("%(h)s h %(m)s m", { h: Math.floor(s / 3600), m: String(Math.floor((s % 3600) / 60)).padStart(2, "0") });
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

// Warm in the last half of its own time, hot in the last tenth; of what has no beginning nobody knows the half.
export function heat(now, due, started) {
  if (now >= due) return "over";
  const rest = (due - now) / (due - started);
  return rest <= 0.1 ? "hot" : rest <= 0.5 ? "warm" : "cool";
}

// What a clock on the wall shows there, as if that were UTC; and the moment at which it shows that.
export const onTheWall = (at) => new Date(`${wall.format(at).replace(" ", "T")}Z`);
export function whenShown(shown) {
  const guess = shown - (onTheWall(shown) - shown);
  return new Date(shown - (onTheWall(guess) - guess));
}

// An hour of today; of another day with its name, and of another week with its date.
function hourOf(at, now) {
  if (wall.format(at).slice(0, 10) === wall.format(now).slice(0, 10)) return hour.format(at);
  return Math.abs(at - now) < 6 * 86400000 ? day.format(at) : exact.format(at);
}

function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function show(element, now) {
  const at = Date.parse(element.dateTime);
  if (Number.isNaN(at)) return;
  if ("due" in element.dataset) {
    const time = left((at - now) / 1000);
    set(element, now >= at && element.classList.contains("due") ? gettext("%(time)s late", { time }) : time);
    element.dataset.heat = heat(now, at, Date.parse(element.dataset.started ?? ""));
    element.title = gettext("Due %(when)s", { when: exact.format(at) });
  } else {
    const how = element.dataset.time;
    set(element, how === "exact" ? exact.format(at) : how === "second" ? wall.format(at) : how === "hour" ? hourOf(at, now) : ago((at - now) / 1000));
    if (how === "second") element.title = element.dateTime;
    else if (how !== "exact") element.title = exact.format(at);
  }
}

export function showTimes(root = document) {
  const now = Date.now();
  for (const element of root.querySelectorAll("time[data-due], time[data-time]")) show(element, now);
}

// Which zone that is, where it matters to the second.
for (const place of document.querySelectorAll("[data-says-zone]")) {
  place.textContent = gettext("Times are shown as in %(zone)s.", { zone: exact.resolvedOptions().timeZone });
}

showTimes();
setInterval(showTimes, 1000);
document.addEventListener("htmx:after:swap", () => showTimes());
