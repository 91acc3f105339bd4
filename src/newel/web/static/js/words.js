// The page's language: scripts say their words in English, the catalogue says them in the reader's.
// A line such as gettext("Remove %(name)s", { name }) is found for the catalogues as it stands.
const known = globalThis.newelWords ?? {};
const language = document.documentElement.lang || "en";
// Figures are written as on the rest of the page: order numbers and amounts come from the server.
export const locale = `${language}-u-nu-latn`;
const kinds = new Intl.PluralRules(language);
const figures = new Intl.NumberFormat(locale);

export const number = (value) => figures.format(value);

function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? `%(${name})s`);
}

export function gettext(text, values = {}) {
  return fill(known[text] ?? text, values);
}

export function ngettext(one, other, num, values = {}) {
  const forms = known[one];
  const text = forms ? forms[kinds.select(num)] ?? forms.other : num === 1 ? one : other;
  return fill(text, { num: number(num), ...values });
}

// A text of gettext with elements put in its places: an array for replaceChildren.
export function pieces(text, values) {
  return text.split(/%\((\w+)\)s/).map((part, i) => (i % 2 ? values[part] : part)).filter((part) => part !== "");
}
