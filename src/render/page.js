"use strict";
// 深色、浅色：缺省随系统；点了按钮就按点的。
(() => {
  const button = document.getElementById("look");
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.look || (system.matches ? "dark" : "light")) === "dark";
  const show = () => { button.textContent = dark() ? "浅色" : "深色"; };
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.look = dark() ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  show();
})();
