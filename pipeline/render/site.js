// What the pages of a site share: theme and density, words and queries, and what a reader keeps in this browser.
"use strict";
const site = (() => {
  const root = document.documentElement;
  root.dataset.js = "";

  // A page without storage forgets, and does all else.
  const stored = {
    get: (name, otherwise) => { try { return JSON.parse(localStorage.getItem(`wenzhai-${name}`)) ?? otherwise; } catch { return otherwise; } },
    set: (name, value) => { try { localStorage.setItem(`wenzhai-${name}`, JSON.stringify(value)); } catch { /* full or forbidden */ } },
  };
  const theme = () => { try { return localStorage.getItem("wenzhai-theme"); } catch { return null; } };
  if (/^(light|dark)$/.test(theme())) root.dataset.theme = theme();
  const toggleTheme = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("wenzhai-theme", root.dataset.theme); } catch { /* forgotten */ }
  };
  const asked = new URLSearchParams(location.search);
  root.dataset.view = (asked.get("view") ?? stored.get("view")) === "compact" ? "compact" : "full";

  // All ways to write a text are one: case, accents, full width, traditional characters. text/wanted.py does the same.
  let simplified, traditional;  // made when first needed, after the page is seen
  const folded = (text) => {
    simplified ??= new Map(SIMPLIFIED_PAIRS.match(/../gu).map((pair) => [...pair]));
    traditional ??= new RegExp(`[${[...simplified.keys()].join("")}]`, "g");
    return text.normalize("NFKD").replace(/\p{Mn}/gu, "").normalize("NFKC").toLowerCase().replace(traditional, (each) => simplified.get(each));
  };
  // The same, each character in its place.
  const foldedInPlace = (text) => text.replace(/[A-Z]+|[^\x00-\x7f]/gu, (each) => {
    const made = simplified?.get(each) ?? (/[\u3400-\u9fff]/.test(each) ? each : folded(each));
    return made.length === each.length ? made : each;
  });
  const literal = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");

  // Between Chinese and other letters there may be a space or none, as it was typed and as it was set.
  const typed = (text) => new RegExp(folded(text).match(/\p{sc=Han}+|\P{sc=Han}+/gu).map((part) => literal(part.trim())).join(" ?"), "gu");
  // A word a reader wants: a Latin one whole or in the plural, hyphen or space between two words no matter.
  const letter = "(?!\\p{sc=Han})[\\p{L}\\p{N}]";
  const wanted = (word) => {
    const text = folded(word);
    const parts = text.match(/\p{sc=Han}+|[^\p{sc=Han}\s\u2010-\u2013-]+/gu) ?? [];
    const begins = new RegExp(`^${letter}`, "u").test(text) ? `(?<!${letter})` : "";
    const ends = /[\p{L}\p{N}]$/u.test(text) && !/\p{sc=Han}$/u.test(text) ? `(?:e?s)?(?!${letter})` : "";
    return new RegExp(begins + parts.map(literal).join("[\\s\\u2010-\\u2013-]?") + ends, "gu");
  };

  // Words that must all be there; "a b" is a phrase, -a must not be there, a OR b (或, |) is either.
  const query = (text) => {
    const clauses = [];
    let either = false;
    for (const [, minus, phrase, word] of text.matchAll(/(-?)(?:["“”]([^"“”]+)["“”]?|([^\s"“”]+))/g)) {
      if (!minus && /^(OR|或|\|)$/.test(word)) { either = clauses.length > 0; continue; }
      const said = (phrase ?? word).trim();
      if (!said || said === "-") continue;
      if (either && !minus) clauses.at(-1).any.push(typed(said));
      else clauses.push({ not: Boolean(minus), any: [typed(said)] });
      either = false;
    }
    return {
      finds: (inText) => clauses.every(({ not, any }) => any.some((each) => inText.search(each) >= 0) !== not),
      words: clauses.filter(({ not }) => !not).flatMap(({ any }) => any),
      isEmpty: clauses.length === 0,
    };
  };

  // Found words are marked where they are seen; only a browser with highlights of its own does it.
  const mark = (name, words, places) => {
    if (!globalThis.CSS?.highlights) return;
    const found = new Highlight();
    for (const place of words.length ? places : []) {
      const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = walker.currentNode;
        const text = foldedInPlace(node.data);
        for (const word of words) {
          for (const { index: at, 0: hit } of text.matchAll(word)) {
            if (hit) found.add(new StaticRange({ startContainer: node, startOffset: at, endContainer: node, endOffset: at + hit.length }));
          }
        }
      }
    }
    CSS.highlights.set(name, found);
  };

  // What a reader keeps: papers with a star or for later (id → facts), ids that were read, words of his own.
  const isId = (id) => /^(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?\/\d{7})$/.test(id);
  const isPlace = (place) => /^[\p{L}\p{N}_][\p{L}\p{N}_.+-]*\/\d{4}-\d\d-\d\d$/u.test(place);
  const isText = (each) => typeof each === "string";
  const MOST_READ = 20000;
  const keeps = {
    papers: () => stored.get("kept", {}),
    read: () => new Set(stored.get("read", [])),
    words: () => ({ interests: [], mute: [], ...stored.get("words", {}) }),
    setWords: (words) => stored.set("words", words),
    // `what` is star or later.
    toggle(id, what, facts) {
      const all = keeps.papers();
      const one = { ...facts, ...all[id] };
      if (one[what]) delete one[what]; else one[what] = new Date().toISOString();
      if (one.star || one.later) all[id] = one; else delete all[id];
      stored.set("kept", all);
    },
    setRead(ids, are) {
      const all = keeps.read();
      for (const id of ids) if (are) all.add(id); else all.delete(id);
      stored.set("read", [...all].slice(-MOST_READ));
    },
    file: () => JSON.stringify({ wenzhai: 1, words: keeps.words(), kept: keeps.papers(), read: [...keeps.read()] }, null, 1),
    // Adds what a file holds to what is there; throws where it is none of ours.
    take(text) {
      const held = JSON.parse(text);
      if (held?.wenzhai !== 1) throw new Error("not a file of Wenzhai");
      const words = (name) => [...new Set([...keeps.words()[name], ...(held.words?.[name] ?? []).filter((each) => isText(each) && /[\p{L}\p{N}]/u.test(each))])];
      const papers = Object.entries(held.kept ?? {}).filter(([id, facts]) => isId(id) && isPlace(facts?.place) && Array.isArray(facts.authors)
        && [facts.title, facts.original, facts.oneLiner, facts.bibtex, ...facts.authors].every(isText));
      keeps.setWords({ interests: words("interests"), mute: words("mute") });
      stored.set("kept", { ...keeps.papers(), ...Object.fromEntries(papers) });
      stored.set("read", [...new Set([...keeps.read(), ...(held.read ?? []).filter(isId)])].slice(-MOST_READ));
    },
  };
  const save = (name, type, text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  // As digest.md has it (markdown.py): what would be HTML, a link, a footnote, an image, an address or a heading is text.
  const domains = "(?:[a-z]{2}|com|org|net|edu|gov|info|biz|pro|web|xxx|aero|asia|coop|museum|name|shop|xn--[\\w-]+)(?![\\p{L}\\p{N}])";
  const live = new RegExp(`(?<!\\\\)((?:\\\\\\\\)*)(\\](?=[([:])|\\[(?=\\^)|\\^(?=\\[)|!(?=\\[)|&(?=#?\\w+;)|:?\\/\\/|(?<=mailto):|(?<=www)\\.|(?<=[\\p{L}\\p{N}])\\.(?=${domains}))`, "giu");
  const markdown = (text) => text.replace(live, "$1\\$2").replace(/(?<!\\)((?:\\\\)*)\\?</g, "$1&lt;")
    .replace(/(?<=\S)@(?=\S{0,80}\.\w)(?=[\d.-]{0,80}[A-Za-z_\\*])/g, "＠")
    .replace(/^(?=#{1,6}(\s|$)|>|[-+*](\s|$)|`{3}|~{3}|([-*_])(\s*\3){2,}$|\[[ xX]\](\s|$))/, "\\").replace(/^\d+(?=[.)](\s|$))/, "$&\\");

  // The panel with a reader's own words, where a page has one; `changed` is called after every change.
  const panel = (changed) => {
    const dialog = document.querySelector("#words");
    const form = dialog.querySelector("form").elements;
    const lines = (text) => [...new Set(text.split("\n").map((line) => line.trim()).filter((line) => /[\p{L}\p{N}]/u.test(line)))];
    document.querySelector("[name=words]").addEventListener("click", () => {
      for (const name of ["interests", "mute"]) form[name].value = keeps.words()[name].join("\n");
      form.said.value = "";
      dialog.showModal();
    });
    dialog.querySelector("form").addEventListener("submit", () => {
      keeps.setWords({ interests: lines(form.interests.value), mute: lines(form.mute.value) });
      changed();
    });
    form.cancel.addEventListener("click", () => dialog.close());
    form.export.addEventListener("click", () => save("wenzhai.json", "application/json", keeps.file()));
    form.import.addEventListener("click", () => form.file.click());
    form.file.addEventListener("change", async () => {
      try {
        keeps.take(await form.file.files[0].text());
        for (const name of ["interests", "mute"]) form[name].value = keeps.words()[name].join("\n");
        form.said.value = "已导入";
        changed();
      } catch {
        form.said.value = "这不是文摘导出的文件";
      }
      form.file.value = "";
    });
  };
  const toggleView = () => {
    root.dataset.view = root.dataset.view === "compact" ? "full" : "compact";
    stored.set("view", root.dataset.view);
  };
  return { asked, folded, isId, isPlace, keeps, mark, markdown, panel, query, save, toggleTheme, toggleView, view: () => root.dataset.view, wanted };
})();
