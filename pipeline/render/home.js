// The home: search over all days, month by month, and the papers that a reader has kept.
"use strict";
const COLUMNS = ["place", "id", "title", "oneLiner", "original", "authors", "categories"];  // of Row in search.py
let arrived = () => {};
// A month's script calls this.
const month = (name, packed) => arrived(name, packed);

document.addEventListener("DOMContentLoaded", () => {
  const { keeps } = site;
  const main = document.querySelector("main");
  const form = document.querySelector(".tools");
  const tools = form?.elements;
  const make = (name, text, attributes = {}) => Object.assign(document.createElement(name), { textContent: text, ...attributes });

  // Texts become text nodes only, and links are made of ids and places that look like ones.
  const line = ({ place, id, title, original, oneLiner, authors }) => {
    const item = document.createElement("li");
    const heading = make("h3", "");
    heading.append(make("a", title || original, { href: `${place.split("/").map(encodeURIComponent).join("/")}/digest.html#${id}` }));
    item.append(heading);
    if (oneLiner) item.append(make("p", oneLiner));
    const facts = make("p", "", { className: "facts" });
    facts.append(make("span", title ? original : "", { lang: "en" }), make("span", authors, { lang: "en" }),
      make("span", place.replace("/", " ")), make("a", id, { href: `https://arxiv.org/abs/${id}`, rel: "noopener noreferrer" }));
    item.append(facts);
    return item;
  };

  // Months come one after the other, newest first, once somebody searches.
  const names = main.dataset.months.split(" ").filter(Boolean);
  const months = [];
  const unpack = async (packed) => {
    const bytes = Uint8Array.from(atob(packed), (each) => each.charCodeAt(0));
    const text = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
    const columns = JSON.parse(text);
    const cells = columns.map((column) => column.split("\n"));
    const folded = columns.slice(1).map((column) => site.folded(column).split("\n"));
    return cells[0].map((_, at) => ({
      row: () => Object.fromEntries(COLUMNS.map((name, of) => [name, cells[of][at]])),
      text: folded.map((column) => column[at]).join("\n"),
    })).filter((_, at) => site.isId(cells[1][at]) && site.isPlace(cells[0][at]));
  };
  let loading;
  const load = () => loading ??= (async () => {
    for (const name of names) {
      const packed = await new Promise((resolve) => {
        arrived = (came, what) => { if (came === name) resolve(what); };
        document.head.append(make("script", "", { src: `search/${name}.js`, onerror: () => resolve(null) }));
      });
      months.push(packed ? await unpack(packed).catch(() => []) : []);
      search();
    }
  })();
  const results = document.querySelector("#results");
  const list = results.querySelector("ol");
  const more = results.querySelector("[name=more]");
  const PAGE = 100;
  let found = [];
  const showMore = () => {
    list.append(...found.slice(list.children.length, list.children.length + PAGE).map((each) => line(each.row())));
    more.hidden = list.children.length >= found.length;
  };
  const search = () => {
    const query = site.query(tools.query.value);
    results.hidden = query.isEmpty;
    document.querySelector("#digests").hidden = !query.isEmpty;
    showKept();
    const address = query.isEmpty ? location.pathname : `?${new URLSearchParams({ q: tools.query.value })}`;
    history.replaceState(null, "", address);
    if (query.isEmpty) { tools.hits.value = ""; site.mark("found", [], []); return; }
    if (typeof DecompressionStream === "undefined") { tools.hits.value = "这个浏览器太旧，不能在这里搜索"; return; }
    load();
    found = months.flatMap((papers) => papers.filter((each) => query.finds(each.text)));
    const rest = months.length < names.length ? `（${months.length} / ${names.length} 个月）` : "";
    tools.hits.value = `${found.length.toLocaleString("en")} 篇${rest}`;
    list.replaceChildren();
    showMore();
    site.mark("found", query.words, [list]);
  };
  more.addEventListener("click", () => { showMore(); site.mark("found", site.query(tools.query.value).words, [list]); });

  // What was kept, newest first.
  const kept = document.querySelector("#kept");
  const later = kept.querySelector("[name=later]");
  const chosen = () => {
    const what = later.checked ? "later" : "star";
    return Object.entries(keeps.papers()).filter(([id, facts]) => facts[what] && site.isId(id) && site.isPlace(facts.place))
      .sort(([, a], [, b]) => (a[what] < b[what] ? 1 : -1)).map(([id, facts]) => ({ id, ...facts }));
  };
  const showKept = () => {
    const papers = Object.values(keeps.papers());
    kept.hidden = papers.length === 0 || !results.hidden;
    if (kept.hidden) return;
    const count = (what) => papers.filter((each) => each[what]).length;
    kept.querySelector("h2").textContent = `收藏 ${count("star")}，稍后读 ${count("later")}`;
    kept.querySelector("ol").replaceChildren(...chosen().map((each) => {
      const item = line({ ...each, authors: each.authors.join(", ") });
      const away = make("button", later.checked ? "移出稍后读" : "取消收藏", { type: "button", className: "chip" });
      away.addEventListener("click", () => { keeps.toggle(each.id, later.checked ? "later" : "star", each); showKept(); });
      item.append(away);
      return item;
    }));
  };
  later.addEventListener("change", showKept);

  const surnameFirst = (name) => name.replace(/^(.+) (\S+)$/, "$2, $1");
  const year = ({ id }) => { const two = Number(id.replace(/^.*\//, "").slice(0, 2)); return (id.includes("/") && two > 90 ? 1900 : 2000) + two; };
  const oneLine = (text) => text.replace(/\s+/g, " ").trim();
  const formats = {
    bibtex: ["bib", "application/x-bibtex", (all) => all.map((each) => `${each.bibtex.trim()}\n`).join("\n")],
    markdown: ["md", "text/markdown", (all) => all.map((each) => `- [${site.markdown(each.title).replace(/[[\]]/g, "\\$&")}](https://arxiv.org/abs/${each.id}) ${site.markdown(each.original)}. ${site.markdown(each.authors.join(", "))}\n  ${site.markdown(each.oneLiner)}\n`).join("")],
    ris: ["ris", "application/x-research-info-systems", (all) => all.map((each) => [
      "TY  - UNPB", `ID  - arXiv:${each.id}`, `TI  - ${oneLine(each.original)}`, `TT  - ${oneLine(each.title)}`,
      ...each.authors.map((name) => `AU  - ${surnameFirst(oneLine(name))}`), `PY  - ${year(each)}`,
      `DO  - 10.48550/arXiv.${each.id}`, `UR  - https://arxiv.org/abs/${each.id}`, `N1  - ${oneLine(each.oneLiner)}`, "ER  - ",
    ].join("\r\n") + "\r\n").join("\r\n")],
  };
  kept.addEventListener("click", (event) => {
    const name = event.target.dataset.save;
    if (!name) return;
    const [ending, type, write] = formats[name];
    site.save(`wenzhai-${later.checked ? "later" : "star"}.${ending}`, type, write(chosen()));
  });

  document.querySelector("[name=theme]").addEventListener("click", site.toggleTheme);
  if (form) {
    let soon;
    form.addEventListener("submit", (event) => { event.preventDefault(); search(); });
    tools.query.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(search, 150); });
    tools.query.value = site.asked.get("q") ?? "";
    if (tools.query.value) search();
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && form && !event.target.matches("input, textarea")) { event.preventDefault(); tools.query.select(); }
  });
  addEventListener("storage", showKept);
  site.panel(showKept);
  showKept();
});
