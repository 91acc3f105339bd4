// A word for a moment; a bad one stays longer. One may carry an act, such as taking something back.
const KEPT = "newel.toast";

export function toast(text, { bad = false, act = "", onAct = null, seconds = bad ? 8 : 4 } = {}) {
  const place = document.getElementById("toasts");
  if (!place || !text) return null;
  const box = document.createElement("div");
  box.className = bad ? "toast bad" : "toast";
  if (bad) box.setAttribute("role", "alert");
  const words = document.createElement("span");
  words.textContent = text;
  box.append(words);
  if (act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button small";
    button.textContent = act;
    button.addEventListener("click", () => { box.remove(); onAct?.(); });
    box.append(button);
  }
  place.append(box);
  setTimeout(() => box.remove(), seconds * 1000);
  return box;
}

// Shown on the page that comes next.
export function later(text) {
  sessionStorage.setItem(KEPT, text);
}

const kept = sessionStorage.getItem(KEPT);
if (kept) {
  sessionStorage.removeItem(KEPT);
  toast(kept);
}
