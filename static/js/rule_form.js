"use strict";
// Shows only the fields that the chosen kind of rule uses. The server empties the others in any case.
const USES = {
  tier_at_least: ["tier"],
  max_per_order: ["quantity"],
  max_per_member: ["quantity"],
  max_per_period: ["quantity", "period"],
  window: ["starts_at", "ends_at"],
  channel: ["channels"],
  high_value: ["points_from"],
  new_member: ["points_from", "days"],
  first_to_address: ["points_from"],
  many_orders: ["points_from", "orders", "minutes"],
};
const EVERY = new Set(Object.values(USES).flat());

document.addEventListener("DOMContentLoaded", () => {
  const kind = document.getElementById("id_kind");
  if (!kind) return;
  const show = () => {
    const used = USES[kind.value];
    for (const name of EVERY) {
      const row = document.querySelector(`.form-row.field-${name}`);
      if (row) row.hidden = Boolean(used) && !used.includes(name);
    }
  };
  kind.addEventListener("change", show);
  show();
});
