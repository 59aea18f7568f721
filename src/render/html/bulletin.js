// 点表里的数字，打开它的明细；也可以一次全部展开，好打印。
(() => {
  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", open);
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest("a[href^='#g']");
    if (link && link.hash === location.hash) open();
  });
  open();
  const button = document.getElementById("unfold");
  if (!button) return;
  const all = [...document.querySelectorAll("#members details")];
  button.hidden = false;
  button.addEventListener("click", () => {
    const folded = all.some((one) => !one.open);
    for (const one of all) one.open = folded;
    button.textContent = folded ? "收起全部明细" : "展开全部明细";
  });
})();
