"use strict";
(() => {
  const table = document.getElementById("grades");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const names = new Intl.Collator(undefined, { numeric: true });

  const key = (row, at, isNumber) => {
    const text = row.cells[at].textContent.trim();
    if (!isNumber) return text;
    const number = /\d+(\.\d+)?(e[-+]?\d+)?/.exec(text);
    return number ? Number(number[0]) : null;
  };

  // Rows without a value stay last in both directions.
  const sort = (head, isDescending) => {
    const at = heads.indexOf(head);
    const isNumber = head.dataset.kind === "number";
    const sign = isDescending ? -1 : 1;
    const keyed = [...body.rows].map((row) => [key(row, at, isNumber), row]);
    keyed.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return sign * (isNumber ? a - b : names.compare(a, b));
    });
    const sorted = document.createDocumentFragment();
    for (const [, row] of keyed) sorted.append(row);
    body.append(sorted);
    for (const other of heads) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
  };

  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head, head.getAttribute("aria-sort") === "ascending"));
    head.append(button);
  }

  // The address index.html#sort=score sorts by score, #sort=-score from the highest.
  const follow = () => {
    const wanted = /^#sort=(-?)(.+)$/.exec(location.hash);
    if (!wanted) return;
    let column = wanted[2];
    try {
      column = decodeURIComponent(column);
    } catch {
      return;
    }
    const head = heads.find((candidate) => candidate.dataset.key === column);
    if (head) sort(head, wanted[1] === "-");
  };
  window.addEventListener("hashchange", follow);
  follow();

  const box = document.getElementById("filter");
  const input = box.querySelector("input");
  const count = box.querySelector("output");
  const filter = () => {
    const wanted = input.value.trim().toLowerCase();
    let matching = 0;
    for (const row of body.rows) {
      const text = `${row.cells[0].textContent} ${row.cells[1].textContent}`.toLowerCase();
      row.hidden = !text.includes(wanted);
      matching += row.hidden ? 0 : 1;
    }
    count.textContent = wanted ? `${matching} of ${body.rows.length} shown` : "";
  };
  input.addEventListener("input", filter);
  box.hidden = false;
  filter();
})();
