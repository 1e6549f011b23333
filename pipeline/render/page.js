// Search, filters, keys and copying; the page reads well without any of it.
"use strict";
const theme = {
  get: () => { try { return localStorage.getItem("wenzhai-theme"); } catch { return null; } },
  set: (name) => { try { localStorage.setItem("wenzhai-theme", name); } catch { /* a page without storage */ } },
};
if (theme.get()) document.documentElement.dataset.theme = theme.get();

document.addEventListener("DOMContentLoaded", () => {
  const articles = [...document.querySelectorAll("article")];
  if (!articles.length) return;
  const tools = document.querySelector(".tools").elements;
  const details = (article) => article.querySelector("details");
  const title = (article) => article.querySelector("summary");
  document.querySelectorAll(".tools, .keys, [data-copy]").forEach((each) => { each.hidden = false; });
  document.querySelectorAll(".citation").forEach((each) => { each.hidden = true; });

  // A formula is searched and copied as its TeX.
  const source = (node) => {
    const copy = node.cloneNode(true);
    copy.querySelectorAll("math").forEach((math) => math.replaceWith(math.getAttribute("alttext")));
    return copy.textContent.replace(/\s+/g, " ").trim();
  };
  const folded = (text) => text.normalize("NFKC").toLowerCase();
  // Between Chinese and other letters there may be a space or none, as it was typed and as it was set.
  const pattern = (word) => new RegExp(word.match(/\p{sc=Han}+|\P{sc=Han}+/gu)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join(" ?"), "g");
  let texts;
  const textOf = (article) => {
    texts ??= new Map(articles.map((each) =>
      [each, folded([...each.querySelectorAll("[data-field]")].map(source).join("\n"))]));
    return texts.get(article);
  };

  // Found words are marked where they are seen, in the list; only a browser with highlights of its own does it.
  const mark = (words) => {
    if (!CSS.highlights) return;
    const found = new Highlight();
    for (const article of words.length ? articles : []) {
      if (article.hidden) continue;
      const walker = document.createTreeWalker(title(article), NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const text = walker.currentNode.data.toLowerCase();
        for (const word of words) {
          for (const { index: at, 0: hit } of text.matchAll(word)) {
            found.add(new StaticRange({ startContainer: walker.currentNode, startOffset: at, endContainer: walker.currentNode, endOffset: at + hit.length }));
          }
        }
      }
    }
    CSS.highlights.set("found", found);
  };

  const filter = () => {
    const words = folded(tools.query.value).split(/\s+/).filter(Boolean).map(pattern);
    let hits = 0;
    for (const article of articles) {
      const { kind, categories, doubtful } = article.dataset;
      article.hidden = !(
        (!tools.category.value || categories.split(" ").includes(tools.category.value))
        && (!tools.kind.value || kind.startsWith(tools.kind.value))
        && (!tools.doubtful?.checked || doubtful !== undefined)
        && words.every((word) => textOf(article).search(word) >= 0));
      hits += !article.hidden;
    }
    tools.hits.value = hits === articles.length ? `${hits} 篇` : `${hits} / ${articles.length} 篇`;
    document.querySelector(".none").hidden = hits > 0;
    mark(words);
  };
  const reset = () => { tools.query.form.reset(); filter(); };
  tools.query.form.addEventListener("submit", (event) => event.preventDefault());
  tools.query.form.addEventListener("input", filter);
  document.querySelector("[name=reset]").addEventListener("click", reset);

  tools.theme.addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme
      ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    theme.set(document.documentElement.dataset.theme);
  });
  tools.all.addEventListener("click", () => {
    const open = !articles.every((article) => article.hidden || details(article).open);
    articles.forEach((article) => { if (!article.hidden) details(article).open = open; });
    tools.all.textContent = open ? "全部收起" : "全部展开";
  });

  const show = () => {
    const article = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!articles.includes(article)) return;
    if (article.hidden) reset();
    details(article).open = true;
    title(article).focus({ preventScroll: true });
    article.scrollIntoView({ behavior: "instant" });
  };
  addEventListener("hashchange", show);
  addEventListener("load", show);  // not before: the browser's own jump to the place would take the focus away again

  const move = (step) => {
    const seen = articles.filter((article) => !article.hidden);
    const here = seen.indexOf(document.activeElement.closest("article"));
    // From nowhere, the first paper below the search bar.
    const from = here >= 0 ? here + step : seen.findIndex((each) => each.getBoundingClientRect().bottom > 80);
    const next = seen[Math.min(Math.max(from, 0), seen.length - 1)];
    if (!next) return;
    title(next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", behavior: "instant" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.matches("input[type=search], select");
    if (event.key === "Escape") {
      if (event.target === tools.query) { tools.query.value = ""; filter(); tools.query.blur(); return; }
      const article = event.target.closest("article");
      if (article) { details(article).open = false; title(article).focus(); }
    } else if (!typing && event.key === "/") {
      event.preventDefault();
      tools.query.select();
    } else if (!typing && (event.key === "j" || event.key === "k")) {
      move(event.key === "j" ? 1 : -1);
    }
  });

  // As digest.md has it (markdown.py): what would be HTML, a link, a footnote, an image, an address or a
  // heading is text.
  const domains = "(?:[a-z]{2}|com|org|net|edu|gov|info|biz|pro|web|xxx|aero|asia|coop|museum|name|shop|xn--[\\w-]+)(?![\\p{L}\\p{N}])";
  const live = new RegExp(`(?<!\\\\)((?:\\\\\\\\)*)(\\](?=[([:])|\\[(?=\\^)|\\^(?=\\[)|!(?=\\[)|&(?=#?\\w+;)|:?\\/\\/|(?<=mailto):|(?<=www)\\.|(?<=[\\p{L}\\p{N}])\\.(?=${domains}))`, "giu");
  const escaped = (text) => text.replace(live, "$1\\$2").replace(/(?<!\\)((?:\\\\)*)\\?</g, "$1&lt;")
    .replace(/(?<=\S)@(?=\S{0,80}\.\w)(?=[\d.-]{0,80}[A-Za-z_\\*])/g, "＠")
    .replace(/^(?=#{1,6}(\s|$)|>|[-+*](\s|$)|`{3}|~{3}|([-*_])(\s*\3){2,}$|\[[ xX]\](\s|$))/, "\\").replace(/^\d+(?=[.)](\s|$))/, "$&\\");
  const markdown = (article) => {
    const field = (name) => escaped(source(article.querySelector(`[data-field=${name}]`) ?? document.createElement("i")));
    const link = article.querySelector("[data-field=url]").href;
    const { title, texts: others } = article.parentElement.dataset;
    const texts = ["title", "authors", ...others.split(" "), "abstract"].map(field);
    return [`## ${field(title)}`, link, ...texts].filter(Boolean).join("\n\n") + "\n";
  };
  const copied = { markdown, bibtex: (article) => article.querySelector("pre").textContent };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(copied[button.dataset.copy](button.closest("article")));
      button.textContent = "已复制";
    } catch {
      button.textContent = "浏览器不许复制";
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  });

  filter();
});
