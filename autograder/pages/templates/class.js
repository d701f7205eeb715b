"use strict";
// Without this the page is the same, in its first order.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];

  const texts = (column) => new Map(rows.map((row) => [row, row.cells[column].textContent.trim()]));

  const sort = (head, column, direction) => {
    const text = texts(column);
    const numeric = head.classList.contains("n");
    const missing = (value) => value === "" || value === "–";
    const compare = numeric
      ? (a, b) => a - b
      : new Intl.Collator(undefined, { numeric: true }).compare;
    const sign = direction === "ascending" ? 1 : -1;
    const sorted = [...rows].sort((one, other) => {
      const [a, b] = [text.get(one), text.get(other)];
      if (missing(a) || missing(b)) return missing(a) - missing(b);
      return sign * compare(a, b);
    });
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", direction);
    body.append(...sorted);
  };

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    const first = head.classList.contains("n") ? "descending" : "ascending";
    const second = first === "ascending" ? "descending" : "ascending";
    button.addEventListener("click", () => {
      sort(head, column, head.getAttribute("aria-sort") === first ? second : first);
    });
  });
}

const filters = document.querySelector(".filters");
if (filters) {
  const table = document.querySelector("#submissions table");
  const heads = [...table.tHead.rows[0].cells].map((head) => head.textContent.trim());
  const verdictAt = heads.indexOf("Verdict");
  const flagsAt = heads.indexOf("Flags");
  const entries = [...table.tBodies[0].rows].map((row) => ({
    row,
    text: [...row.cells].slice(0, verdictAt).map((cell) => cell.textContent).join(" ").toLowerCase(),
    verdict: row.cells[verdictAt].textContent.trim(),
    flags: new Set(row.cells[flagsAt].textContent.split(/\s+/)),
  }));
  const { text, verdict, flag } = filters.elements;
  const output = filters.querySelector("output");

  const apply = () => {
    const wanted = text.value.trim().toLowerCase();
    let shown = 0;
    for (const entry of entries) {
      const fits = entry.text.includes(wanted)
        && (!verdict.value || entry.verdict === verdict.value)
        && (!flag.value || entry.flags.has(flag.value));
      entry.row.hidden = !fits;
      shown += fits;
    }
    output.textContent = `${shown} of ${entries.length} shown`;
  };

  filters.hidden = false;
  filters.addEventListener("input", apply);
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.addEventListener("reset", () => setTimeout(apply));
  for (const shortcut of document.querySelectorAll("[data-filter]")) {
    shortcut.addEventListener("click", () => {
      for (const field of [text, verdict, flag]) field.value = "";
      filters.elements[shortcut.dataset.filter].value = shortcut.dataset.value;
      apply();
    });
  }
  apply();
}
