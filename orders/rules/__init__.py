"""Pure decisions about orders: no database, no clock."""
