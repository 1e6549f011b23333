// The days of a digest: a page knows no day but its own, so "the day before" and "the day after" are looked up here.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const go = () => {
    const [, side, day] = location.hash.match(/^#(before|after)-(\d{4}-\d\d-\d\d)$/) ?? [];
    if (!side) return;
    const days = [...document.querySelectorAll(".calendar a")]
      .map((link) => [link.querySelector("time").dateTime, link.href]).sort(([a], [b]) => (a < b ? -1 : 1));
    const next = side === "after" ? days.find(([each]) => each > day) : days.findLast(([each]) => each < day);
    if (next) { location.replace(next[1]); return; }
    const edge = document.querySelector("#edge");
    edge.textContent = side === "after" ? `${day} 是最新的一天。` : `${day} 是最早的一天。`;
    edge.hidden = false;
  };
  document.querySelector("[name=theme]").addEventListener("click", site.toggleTheme);
  document.querySelectorAll(".calendar > details").forEach((older) => { older.open = matchMedia("(min-width: 62rem)").matches; });
  addEventListener("hashchange", go);
  go();
});
