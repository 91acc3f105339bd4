// How it went: asked once an episode has ended, on the scale of its kind, answered once.
import { call } from "./wire.js";
import { gettext } from "../words.js";

const form = document.getElementById("survey");
const thanks = document.getElementById("thanks");
let token = "";
let answered = "";

export function showSurvey(offered, kind) {
  if (offered && offered !== token) {
    token = offered;
    form.reset();
    for (const scale of form.querySelectorAll("fieldset")) scale.hidden = scale.disabled = scale.dataset.kind !== kind;
    thanks.textContent = "";
  }
  form.hidden = !offered || offered === answered;
  if (!offered && answered !== token) thanks.textContent = "";
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = new FormData(form);
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    await call("POST", "/chat/survey", { token, score: Number(given.get("score")), comment: String(given.get("comment")) });
    answered = token;
    form.hidden = true;
    thanks.textContent = gettext("Thank you for telling us.");
  } catch {
    thanks.textContent = gettext("This could not be sent. Try again.");
  } finally {
    button.disabled = false;
  }
});
