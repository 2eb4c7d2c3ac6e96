"use strict";
// Shows words with sample values while they are typed. The server checks them again, and previews them without us.
document.addEventListener("DOMContentLoaded", () => {
  const samples = new Map();
  for (const one of document.querySelectorAll("[data-sample]")) samples.set(one.dataset.sample, one.textContent);
  for (const shown of document.querySelectorAll("[data-preview-of]")) {
    const field = document.getElementById(`id_${shown.dataset.previewOf}`);
    if (!field) continue;
    field.addEventListener("input", () => {
      const filled = field.value.replace(/%%|%\((\w+)\)s/g, (whole, name) =>
        name === undefined ? "%" : (samples.get(name) ?? whole));
      shown.replaceChildren(...filled.split("\n").flatMap((line, at) =>
        at ? [document.createElement("br"), line] : [line]));
    });
  }
});
