"use strict";
const STEP = 50;
for (const browser of document.querySelectorAll(".browser")) {
  const form = browser.querySelector("form");
  const rows = [...browser.querySelectorAll("tbody tr")];
  const status = browser.querySelector("[role=status]");
  const more = browser.querySelector("button[data-more]");
  let shown = STEP;

  function fits(row, data) {
    const words = data.get("words").trim().toLowerCase();
    return ["mistake", "clause", "kind", "lang"].every(
      (name) => !data.get(name) || row.dataset[name] === data.get(name),
    ) && (!words || row.textContent.toLowerCase().includes(words));
  }

  function update() {
    const data = new FormData(form);
    const chosen = new Set(rows.filter((row) => fits(row, data)));
    const first = new Set([...chosen].slice(0, shown));
    for (const row of rows) row.hidden = !first.has(row);
    more.hidden = chosen.size <= shown;
    status.textContent = `${first.size} of ${chosen.size} mistakes shown`;
  }

  form.hidden = false;
  form.addEventListener("input", () => { shown = STEP; update(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => { shown = STEP; setTimeout(update); });
  more.addEventListener("click", () => {
    const next = rows.filter((row) => row.hidden);
    shown += STEP;
    update();
    next.find((row) => !row.hidden)?.querySelector("td, th")?.focus();
  });
  update();
}
