// A day: search, filters, order, keys, what is kept, copying; the page reads well without any of it.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const articles = [...document.querySelectorAll("article")];
  if (!articles.length) return;
  const { keeps } = site;
  const form = document.querySelector(".tools");
  const tools = form.elements;
  const main = document.querySelector("main");
  const muted = document.querySelector("#muted");
  const details = (article) => article.querySelector("details");
  const head = (article) => article.querySelector("header");
  const knob = (article) => article.querySelector("summary");

  // A formula is searched and copied as its TeX.
  const source = (node) => {
    const copy = node.cloneNode(true);
    copy.querySelectorAll("math").forEach((math) => math.replaceWith(math.getAttribute("alttext")));
    return copy.textContent.replace(/\s+/g, " ").trim();
  };
  const sourceOf = (article, name) => source(article.querySelector(`[data-field=${name}]`) ?? document.createElement("i"));
  let texts;
  const textOf = (article) => {
    texts ??= new Map(articles.map((each) =>
      [each, site.folded([...each.querySelectorAll("[data-field]")].map(source).join("\n"))]));
    return texts.get(article);
  };
  const wantedTextOf = (article) => `${textOf(article)}\n${site.folded(sourceOf(article, "authors")).replace(/(?<=[\p{L}\p{N}] )[\p{L}\p{N}]\.? (?=[\p{L}\p{N}])/gu, "")}`;

  // Mine first: what the digest's own words say stands in the page, what the reader's say is added here.
  const own = (article, name) => article.dataset[name]?.split("\n") ?? [];
  const reasons = new Map();
  const sortOut = () => {
    const words = keeps.words();
    const patterns = Object.fromEntries(["interests", "mute"].map((name) => [name, words[name].map((word) => [word, site.wanted(word)])]));
    const isSought = patterns.interests.length + patterns.mute.length > 0;
    for (const article of articles) {
      const text = isSought ? wantedTextOf(article) : "";
      const found = (name) => patterns[name].filter(([, each]) => text.search(each) >= 0).map(([word]) => word);
      const interests = [...new Set([...own(article, "interests"), ...found("interests")])];
      const mute = interests.length ? [] : [...own(article, "muted"), ...found("mute")];
      reasons.set(article, { interests, mute });
      article.querySelector(".mine")?.remove();
      if (interests.length || mute.length) {
        const said = document.createElement("span");
        said.className = interests.length ? "mine" : "mine quiet";
        said.lang = "zh-CN";
        said.textContent = interests.length ? `★ ${interests.join("、")}` : `屏蔽 ${mute.join("、")}`;
        article.querySelector(".facts").prepend(said);
      }
    }
    const count = articles.filter((each) => reasons.get(each).interests.length).length;
    tools.mine.parentElement.hidden = !count;
    tools.mine.nextElementSibling.textContent = `★ ${count}`;
    const sought = new Set(articles.flatMap((each) => reasons.get(each).interests));
    // After the first paint: long days have many words.
    setTimeout(() => site.mark("mine", [...sought].map(site.wanted),
      articles.filter((each) => reasons.get(each).interests.length).flatMap((each) => [...each.querySelectorAll("[data-field]:not([data-to])")])));
    arrange();
  };
  const number = new Map([...articles].sort((a, b) => a.dataset.number - b.dataset.number).map((each, at) => [each, at]));
  const arrange = () => {
    const key = {
      "": (each) => reasons.get(each).interests.length ? 0 : 1,
      id: () => 0,
      category: (each) => each.dataset.categories.split(" ")[0],
    }[tools.order.value];
    const compare = (a, b) => (a < b ? -1 : Number(a > b));
    const sorted = [...articles].sort((a, b) => compare(key(a), key(b)) || number.get(a) - number.get(b));
    const away = sorted.filter((each) => reasons.get(each).mute.length);
    const here = sorted.filter((each) => !reasons.get(each).mute.length);
    const stands = [...main.querySelectorAll("article")];
    if ([...here, ...away].some((each, at) => each !== stands[at] || (each.parentElement === muted) !== at >= here.length)) {
      muted.before(...here);
      muted.append(...away);
    }
    articles.splice(0, articles.length, ...here, ...away);
  };

  const showState = () => {
    const papers = keeps.papers();
    const read = keeps.read();
    for (const article of articles) {
      const is = { star: Boolean(papers[article.id]?.star), later: Boolean(papers[article.id]?.later), read: read.has(article.id) };
      for (const [name, on] of Object.entries(is)) article.toggleAttribute(`data-is-${name}`, on);
      for (const button of article.querySelectorAll("[data-do]")) {
        if (button.ariaPressed !== String(is[button.dataset.do])) button.ariaPressed = is[button.dataset.do];
      }
    }
  };
  const factsOf = (article) => {
    const { title: titleField, oneLiner, place } = main.dataset;
    return {
      place,
      title: sourceOf(article, titleField) || sourceOf(article, "title"),
      original: sourceOf(article, "title"),
      oneLiner: sourceOf(article, oneLiner),
      authors: sourceOf(article, "authors").split(", ").filter(Boolean),
      bibtex: article.querySelector("pre").textContent,
    };
  };
  const change = (article, what) => {
    if (what === "read") keeps.setRead([article.id], !article.hasAttribute("data-is-read"));
    else keeps.toggle(article.id, what, factsOf(article));
    showState();
  };

  const ONLY = ["mine", "doubtful", "unread", "star", "later"];
  const filter = () => {
    const query = site.query(tools.query.value);
    const only = (name) => tools[name]?.checked;
    let hits = 0, away = 0;
    for (const article of articles) {
      const { kind, categories, doubtful } = article.dataset;
      const { interests, mute } = reasons.get(article);
      article.hidden = !(
        (!tools.category.value || categories.split(" ").includes(tools.category.value))
        && (!tools.kind.value || kind.startsWith(tools.kind.value))
        && (!only("doubtful") || doubtful !== undefined)
        && (!only("mine") || interests.length)
        && (!only("unread") || !article.hasAttribute("data-is-read"))
        && (!only("star") || article.hasAttribute("data-is-star"))
        && (!only("later") || article.hasAttribute("data-is-later"))
        && (query.isEmpty || query.finds(textOf(article))));
      hits += !article.hidden;
      away += !article.hidden && mute.length > 0;
    }
    tools.hits.value = hits === articles.length ? `${hits} 篇` : `${hits} / ${articles.length} 篇`;
    document.querySelector(".none").hidden = hits > 0;
    muted.hidden = !away;
    muted.firstElementChild.textContent = `屏蔽的 ${away} 篇`;
    const search = document.querySelector(".everywhere");
    if (search) search.hidden = query.isEmpty;
    site.mark("found", query.words, articles.filter((each) => !each.hidden).map(head));
    remember();
  };
  // In the address, so that a reload, the way back and a friend find the same.
  const remember = () => {
    const state = new URLSearchParams();
    for (const [name, value] of [["q", tools.query.value], ["category", tools.category.value], ["kind", tools.kind.value],
      ["order", tools.order.value], ["only", ONLY.filter((each) => tools[each]?.checked).join(" ")]]) {
      if (value) state.set(name, value);
    }
    if (site.asked.has("view")) state.set("view", site.view());
    const search = state.size ? `?${state}` : "";
    if (search !== location.search) history.replaceState(null, "", location.pathname + search + location.hash);
    const everywhere = document.querySelector(".everywhere a");
    if (everywhere) everywhere.href = `${everywhere.dataset.home}?${new URLSearchParams({ q: tools.query.value })}`;
  };
  const recall = () => {
    const { asked } = site;
    tools.query.value = asked.get("q") ?? "";
    for (const name of ["category", "kind", "order"]) {
      const value = asked.get(name) ?? "";
      tools[name].value = [...tools[name].options].some((each) => each.value === value) ? value : "";
    }
    for (const name of ONLY) if (tools[name]) tools[name].checked = (asked.get("only") ?? "").split(" ").includes(name);
  };
  const reset = () => { form.reset(); arrange(); filter(); };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => { if (event.target === tools.order) arrange(); filter(); });
  document.querySelector("[name=reset]").addEventListener("click", reset);

  const showView = () => {
    const compact = site.view() === "compact";
    tools.view.textContent = compact ? "详细" : "紧凑";
    tools.view.setAttribute("aria-pressed", compact);
  };
  tools.view.addEventListener("click", () => { site.toggleView(); site.asked.set("view", site.view()); showView(); remember(); });
  tools.theme.addEventListener("click", site.toggleTheme);
  const openedWithAll = new WeakSet();
  tools.all.addEventListener("click", () => {
    const seen = articles.filter((article) => !article.hidden);
    const open = !seen.every((article) => details(article).open);
    for (const article of seen) {
      if (open && !details(article).open) openedWithAll.add(article);
      details(article).open = open;
    }
    tools.all.textContent = open ? "全部收起" : "全部展开";
  });
  tools.allRead.addEventListener("click", () => {
    keeps.setRead(articles.filter((article) => !article.hidden).map((article) => article.id), true);
    showState();
    filter();
  });

  // Heights of papers that were never seen are guesses; so the place is gone to until it stays where it is.
  const goTo = (place) => {
    let tries = 10;
    const again = () => {
      place.scrollIntoView({ behavior: "instant" });
      const { top } = place.getBoundingClientRect();
      requestAnimationFrame(() => setTimeout(() => {
        if (--tries && Math.abs(place.getBoundingClientRect().top - top) > 1) again();
      }));
    };
    again();
  };
  const show = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!place || !articles.includes(place)) { if (place) goTo(place); return; }
    if (place.hidden) reset();
    if (muted.contains(place)) muted.open = true;
    details(place).open = true;
    knob(place).focus({ preventScroll: true });
    goTo(place);
  };
  addEventListener("hashchange", show);
  addEventListener("load", show);  // not before: the browser's own jump to the place would take the focus away again
  document.querySelector(".ledger a").addEventListener("click", (event) => {
    event.preventDefault();
    history.replaceState(null, "", "#statistics");
    goTo(document.querySelector("#statistics"));
  });

  const move = (step) => {
    const seen = articles.filter((article) => !article.hidden && (!muted.contains(article) || muted.open));
    const here = seen.indexOf(document.activeElement.closest("article"));
    // From nowhere, the first paper below the search bar.
    const from = here >= 0 ? here + step : seen.findIndex((each) => each.getBoundingClientRect().bottom > 80);
    const next = seen[Math.min(Math.max(from, 0), seen.length - 1)];
    if (!next) return;
    knob(next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", behavior: "instant" });
  };
  const follow = (selector) => document.querySelector(selector)?.click();
  const leave = (article, name) => open(article.querySelector(`[data-to=${name}]`).href, "_blank", "noopener,noreferrer");
  const KEYS = {
    j: () => move(1),
    k: () => move(-1),
    v: () => tools.view.click(),
    "[": () => follow("[rel=prev]"),
    "]": () => follow("[rel=next]"),
    "?": () => goTo(document.querySelector(".keys")),
    s: (article) => change(article, "star"),
    l: (article) => change(article, "later"),
    m: (article) => change(article, "read"),
    a: (article) => leave(article, "arxiv"),
    p: (article) => leave(article, "pdf"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest("dialog")) return;
    const typing = event.target.matches("input[type=search], select");
    if (event.key === "Escape") {
      if (event.target === tools.query) { tools.query.value = ""; filter(); tools.query.blur(); return; }
      const article = event.target.closest("article");
      if (article) { details(article).open = false; knob(article).focus(); }
    } else if (!typing && event.key === "/") {
      event.preventDefault();
      tools.query.select();
    } else if (!typing && Object.hasOwn(KEYS, event.key)) {
      const article = document.activeElement.closest("article");
      if (article || KEYS[event.key].length === 0) KEYS[event.key](article);
    }
  });

  // Who opens a paper has read it; who opens all of them has not.
  main.addEventListener("toggle", (event) => {
    const article = event.target.closest("article");
    if (!event.target.open || !article || event.target !== details(article) || openedWithAll.delete(article)) return;
    if (!article.hasAttribute("data-is-read")) change(article, "read");
  }, true);

  const markdown = (article) => {
    const field = (name) => site.markdown(sourceOf(article, name));
    const link = article.querySelector("[data-to=arxiv]").href;
    const { title, texts: others } = main.dataset;
    return [`## ${field(title)}`, link, ...["title", "authors", ...others.split(" "), "abstract"].map(field)].filter(Boolean).join("\n\n") + "\n";
  };
  const copied = { markdown, bibtex: (article) => article.querySelector("pre").textContent };
  const copy = async (button, article) => {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(copied[button.dataset.copy](article));
      button.textContent = "已复制";
    } catch {
      button.textContent = "浏览器不许复制";
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  };
  main.addEventListener("click", (event) => {
    const article = event.target.closest("article");
    if (!article) return;
    const button = event.target.closest("button");
    if (button?.dataset.do) change(article, button.dataset.do);
    else if (button?.dataset.copy) copy(button, article);
    else if (head(article).contains(event.target)) unfold(event, article);
  });
  // A title is a link to keep or to open elsewhere; a plain click on it opens the paper, as on all of its head. Who has just selected
  // words wants these.
  const unfold = (event, article) => {
    const link = event.target.closest("a");
    if (link && (!link.closest("h2") || event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    if (String(getSelection()) && getSelection().containsNode(event.target, true)) return;
    details(article).open = !details(article).open;
    knob(article).focus({ preventScroll: true });
  };
  // Another page of the site is open too.
  addEventListener("storage", () => { showState(); });

  site.panel(() => { sortOut(); showState(); filter(); });
  recall();
  showView();
  showState();
  sortOut();
  filter();
});
