// The files of a message: pictures are shown, everything else is saved by a button. Each is fetched once, in
// the visitor's name, when it comes into view.
import { element, size } from "../attach.js";
import { gettext } from "../words.js";
import { file } from "./wire.js";

const known = new Map();
const near = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((one) => one.isIntersecting)) {
    near.unobserve(entry.target);
    entry.target.dispatchEvent(new CustomEvent("near"));
  }
}, { rootMargin: "200px" });

function address(id) {
  if (!known.has(id)) known.set(id, file(id).catch((error) => { known.delete(id); throw error; }));
  return known.get(id);
}

// What was chosen here needs not be fetched.
export function know(id, blob) {
  if (blob) known.set(id, Promise.resolve(blob));
}

async function save(one, told) {
  try {
    const link = element("a");
    link.href = await address(one.id);
    link.download = one.name;
    link.click();
    told.textContent = size(one.size);
  } catch {
    told.textContent = gettext("This cannot be fetched now.");
  }
}

function made(one) {
  const item = element("li");
  const button = element("button", one.picture ? "shot" : "file");
  const told = element("span", "file-size", size(one.size));
  button.type = "button";
  button.title = gettext("Save %(name)s", { name: one.name });
  if (one.picture) {
    const shown = element("img");
    Object.assign(shown, { alt: one.name, width: one.width, height: one.height });
    button.setAttribute("aria-label", gettext("Save the picture %(name)s", { name: one.name }));
    button.append(shown);
    button.addEventListener("near", () => address(one.id).then(
      (blob) => { shown.src = blob; },
      () => { button.classList.add("lost"); button.append(element("span", "file-name", one.name)); },
    ));
    near.observe(button);
  } else {
    const name = element("span", "file-name", one.name);
    name.dir = "auto";
    button.append(element("span", "file-kind", one.name.split(".").pop()), name, told);
  }
  button.addEventListener("click", () => save(one, told));
  item.append(button);
  return item;
}

export function files(attachments) {
  const list = element("ul", "files");
  list.append(...attachments.map(made));
  return list;
}
