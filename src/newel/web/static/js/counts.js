// Numbers beside the menu's entries, and in the tab's title (but for those apart): a part of the page says them.
function show() {
  let total = 0;
  const places = new Map([...document.querySelectorAll("[data-count]")].map((e) => [e.dataset.count, e]));
  for (const said of document.querySelectorAll("data[data-counts]")) {
    const n = Number(said.value) || 0;
    const place = places.get(said.dataset.counts);
    if (place) {
      place.textContent = n > 99 ? "99+" : String(n);
      place.hidden = n === 0;
      if (!("apart" in place.dataset)) total += n;
    }
  }
  const bare = document.title.replace(/^\(\d+\+?\) /, "");
  document.title = total ? `(${total}) ${bare}` : bare;
}

show();
document.addEventListener("htmx:after:swap", show);
