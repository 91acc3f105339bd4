// The conversation goes on in the chat's own window, for the visitor whom this browser keeps.
import { gettext } from "../words.js";
import { keep, kept, known } from "./page.js";

const { site } = document.body.dataset;
const place = document.getElementById("window");
const { token, address, place: own } = place.dataset;

if (token) {
  keep(token);
  known(token);
  try {
    for (const what of ["draft", "files"]) sessionStorage.removeItem(`newel.help.${what}.${site}`);
  } catch { /* there were none */ }
  history.replaceState(null, "", own); // to load the page again asks, and sends nothing twice
}
if (token || kept()) {
  const frame = document.createElement("iframe");
  frame.title = gettext("Your conversation");
  frame.src = address;
  place.append(frame);
  place.hidden = false;
  document.getElementById("plain").remove();
}
