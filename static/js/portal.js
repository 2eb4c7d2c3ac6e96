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

// The price follows the chosen variant.
document.addEventListener("change", (event) => {
  const points = event.target.dataset?.points;
  if (!points) return;
  for (const price of document.querySelectorAll("[data-price]")) price.textContent = points;
});
