//! What only tests have: a model of the whole, to be searched for the one order of events that breaks a promise.

mod model;
