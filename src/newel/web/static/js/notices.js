// A notice that came while this person was here is told once, in whichever tab hears of it first.
import { toast } from "./toast.js";
import { gettext, ngettext } from "./words.js";

const KEPT = "newel.notice";
let told = sessionStorage.getItem(KEPT);

function tell(notice) {
  const link = notice.querySelector("[data-notice-link]");
  const words = notice.querySelector("[data-notice-text]").textContent;
  const bad = notice.dataset.weight === "danger";
  toast(words, link ? { bad, act: gettext("Open"), onAct: () => { location.href = link.href; } } : { bad });
}

function look() {
  if (document.hidden) return; // told when somebody is there to read it
  const all = [...document.querySelectorAll("#notices [data-notice]")];
  const newest = all.map((n) => n.dataset.notice).sort().at(-1) ?? "";
  if (told !== null) {
    const fresh = all.filter((n) => n.dataset.notice > told);
    if (fresh.length > 3) toast(ngettext("%(num)s new notice", "%(num)s new notices", fresh.length));
    else fresh.reverse().forEach(tell);
  }
  if (told === null || newest > told) {
    told = newest;
    sessionStorage.setItem(KEPT, told);
  }
}

document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail?.ctx?.target ?? event.target;
  if (target?.id === "frame") look();
});
