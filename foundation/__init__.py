"""What every floor stands on: refusals, prepared statements, append-only tables, names in two languages."""
