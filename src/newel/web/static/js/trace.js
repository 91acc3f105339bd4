// The story of a case: one stage at a time, and paper.
const steps = [...document.querySelectorAll("[data-of]")];
const buttons = [...document.querySelectorAll("[data-stage]")];

for (const button of buttons) {
  button.addEventListener("click", () => {
    const stage = button.dataset.stage;
    for (const one of buttons) one.setAttribute("aria-pressed", String(one === button));
    for (const step of steps) step.hidden = Boolean(stage) && step.dataset.of !== stage;
  });
}

// A proof may point at a step that the filter hides.
window.addEventListener("hashchange", () => {
  const step = document.getElementById(location.hash.slice(1));
  if (!step?.hidden) return;
  buttons.find((b) => !b.dataset.stage)?.click();
  step.scrollIntoView();
});

document.querySelector("[data-prints]")?.addEventListener("click", () => window.print());
