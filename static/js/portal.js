// Everything here only smooths what already works without it.

// A form is sent once; the server would answer further clicks with the same order.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (button?.dataset.onceText) {
    button.setAttribute("aria-busy", "true");
    button.textContent = button.dataset.onceText;
  }
});

// Back from the next page the form may be sent again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

// A filter applies itself.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});

// The chosen one of a strip of tabs that is wider than the screen is in view; the page stays where it is.
for (const chosen of document.querySelectorAll(".chips > [aria-current]")) {
  const strip = chosen.parentElement;
  const [here, all] = [chosen, strip].map((part) => part.getBoundingClientRect());
  strip.scrollLeft += here.left + here.width / 2 - (all.left + all.width / 2);
}

// The price follows the chosen variant.
document.addEventListener("change", (event) => {
  const points = event.target.dataset?.points;
  if (!points) return;
  for (const price of document.querySelectorAll("[data-price]")) price.textContent = points;
  for (const cash of document.querySelectorAll("[data-price-cash]")) cash.textContent = event.target.dataset.cash ?? "";
});

// A waybill number goes to the clipboard; without this its digits can be marked and copied as ever.
function offerCopying() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}
offerCopying();
document.addEventListener("htmx:after:swap", offerCopying);
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = button.dataset.copied;
});
