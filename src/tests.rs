//! Tests of the whole crate: a model of it, to be searched for the one order of events that breaks a promise.

mod model;
