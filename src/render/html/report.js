// 筛选：状态写在地址的 # 后面；长的清单先显示一批，打印时全部打出。
(() => {
  const form = document.getElementById("filters");
  const output = document.getElementById("shown");
  const names = ["g", "r", "k", "v", "q"];
  const lists = [...document.querySelectorAll(".listing")].map((section) => {
    const box = section.querySelector(".items");
    return {
      section,
      items: [...box.querySelectorAll(":scope > .item")],
      first: Number(box.dataset.first),
      limit: Number(box.dataset.first),
      more: section.querySelector(".more"),
      found: [],
    };
  }).filter((list) => list.items.length > 0);
  const texts = new Map();
  const text = (item) => {
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  };

  const deal = (list) => {
    list.found.forEach((item, index) => item.classList.toggle("later", index >= list.limit));
    // 多到几百张时，看不见的先不排版。
    list.section.classList.toggle("many", Math.min(list.limit, list.found.length) > 300);
    const rest = list.found.length - list.limit;
    list.more.hidden = rest <= 0;
    list.more.querySelector("span").textContent = rest > 0 ? `还有 ${rest} 条没有显示` : "";
  };

  const apply = () => {
    const wanted = Object.fromEntries(names.map((name) => [name, form.elements[name]?.value ?? ""]));
    const words = wanted.q.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (item) =>
      ["g", "r", "k", "v"].every((name) => !wanted[name] || item.dataset[name] === wanted[name]) &&
      words.every((word) => text(item).includes(word));
    let shown = 0, total = 0;
    for (const list of lists) {
      list.found = list.items.filter((item) => {
        const fit = fits(item);
        item.hidden = !fit;
        return fit;
      });
      list.limit = list.first;
      list.section.hidden = list.found.length === 0;
      shown += list.found.length;
      total += list.items.length;
      deal(list);
    }
    const filtered = names.some((name) => wanted[name]);
    output.textContent = !filtered ? `共 ${total} 条` : shown ? `符合的 ${shown} 条，共 ${total} 条` : "没有符合的";
    const paper = document.getElementById("filtered");
    paper.hidden = !filtered;
    paper.textContent = `只印了筛选出的 ${shown} 条，全部是 ${total} 条。`;
    document.body.dataset.shown = String(shown);
    return wanted;
  };

  const save = (wanted) => {
    const state = new URLSearchParams(names.filter((name) => wanted[name]).map((name) => [name, wanted[name]]));
    history.replaceState(null, "", state.size || String(state) ? `#${state}` : location.pathname + location.search);
  };

  const load = () => {
    const hash = location.hash.slice(1);
    if (hash && !hash.includes("=")) {
      const item = document.getElementById(decodeURIComponent(hash));
      if (item?.classList.contains("later")) {
        for (const list of lists) if (list.items.includes(item)) { list.limit = list.found.indexOf(item) + 1; deal(list); }
        item.scrollIntoView();
      }
      return;
    }
    const state = new URLSearchParams(hash);
    for (const name of names) if (form.elements[name]) form.elements[name].value = state.get(name) ?? "";
    apply();
    if (hash) lists.find((list) => list.found.length)?.section.scrollIntoView();
  };

  let timer = 0;
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(() => save(apply()), event.target.name === "q" ? 200 : 0);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => save(apply())));
  addEventListener("hashchange", load);
  for (const list of lists) {
    list.more.querySelector(".next").addEventListener("click", () => { list.limit += list.first; deal(list); });
    list.more.querySelector(".every").addEventListener("click", () => { list.limit = list.items.length; deal(list); });
  }
  const folds = [...document.querySelectorAll(".folds")];
  document.querySelectorAll(".unfold").forEach((button, index) => {
    const table = folds[index];
    const note = document.querySelectorAll(".quiet-note")[index];
    table.classList.add("folded");
    button.hidden = note.hidden = false;
    button.addEventListener("click", () => {
      const folded = table.classList.toggle("folded");
      note.hidden = !folded;
      button.setAttribute("aria-expanded", String(!folded));
      button.textContent = folded ? button.dataset.text : "收起";
    });
    button.dataset.text = button.textContent;
  });
  form.hidden = false;
  apply();
  load();
})();
