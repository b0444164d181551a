//! The inventory: one list serves everybody.
