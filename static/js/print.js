"use strict";
// The print button of the pick lists; without scripts the browser's own menu prints.
document.querySelector("[data-print]").addEventListener("click", () => window.print());
