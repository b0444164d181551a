//! Deletion: stands in for `desired` and `plan` once the object is marked. Pure.
